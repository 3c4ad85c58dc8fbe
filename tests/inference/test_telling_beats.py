"""Preparing pictures takes long: whoever holds the pairs is heard of meanwhile, and can stop it."""

import pytest

from inference.models import PipelineConfig
from inference.pipeline.chain import Chain
from inference.pipeline.stages import Stage
from inference.pipeline.told import Failed, NotTold, Unit
from inference.services import telling
from inference.services.telling import NO_PICTURE, Telling
from rules.engine.recall import RuleIndex
from tests.inference.model_stages import make_endpoint, make_stage_config
from tests.inference.small_lexicon import SMALL

pytestmark = pytest.mark.django_db

GONE = [Unit(Stage.IMAGES, "", images=(f"{number:064}",)) for number in range(5)]


@pytest.fixture
def config() -> PipelineConfig:
    return make_stage_config(make_endpoint("http://127.0.0.1:9/v1"), Stage.IMAGES)


def settled(told: Telling) -> list[Unit]:
    """The units of which it is known that nothing can be said of their pictures."""
    found = []
    for unit in GONE:
        try:
            said = told(unit)
        except NotTold:
            continue
        assert isinstance(said, Failed)
        assert said.kind == NO_PICTURE
        found.append(unit)
    return found


@pytest.mark.parametrize("stops", [1, 3, 9])
def test_between_pictures_it_asks_whether_to_go_on(
    stops: int, config: PipelineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "LONGEST_KEPT", -1.0)
    beats: list[int] = []

    def beat() -> bool:
        beats.append(1)
        return len(beats) < stops

    with Telling(Chain(SMALL, RuleIndex(())), config, beat=beat) as told:
        told.tell(GONE)
        assert settled(told) == GONE[:stops]
