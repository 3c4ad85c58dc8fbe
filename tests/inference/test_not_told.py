"""That nobody asked a model yet is no judgment: it is never stored, and a pair that would never end has failed."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from inference.enums import ItemState
from inference.models import Judgment, Run, RunItem
from inference.pipeline.chain import Chain
from inference.pipeline.stages import Stage
from inference.pipeline.told import NotTold, Unit
from inference.pipeline.trace import Failure
from inference.selectors.chains import chain_of
from inference.selectors.readings import case_digests, context_of
from inference.selectors.understood import FAULT
from inference.services.judging import judge_all, judge_items
from inference.services.making import claim_items, store
from inference.services.runs import launch_run
from inference.services.taking_over import take_over
from inference.services.telling import Telling
from tests.factories import make_benchmark, make_release
from tests.inference.model_stages import make_endpoint, make_stage_config, scripted

pytestmark = pytest.mark.django_db
ROWS = [("感冒灵", "[999]感冒灵颗粒10g*9袋", "highly"), ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly")]


@pytest.fixture
def run(scripted_model: Callable[..., Any]) -> Run:
    """A run by a model at two stages, its pairs free to be judged."""
    config = make_stage_config(make_endpoint(scripted_model(scripted({})).address), Stage.REWRITE, Stage.ENTITIES)
    run = launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), config=config)
    take_over(run=run, chain=chain_of(run))
    return run


def test_pairs_of_which_no_model_was_asked_are_free_again(run: Run) -> None:
    claim, chain = claim_items(run=run), chain_of(run)
    made = judge_items(run=run, items=claim.items, chain=chain, beat=lambda: False)
    kinds = {one.judgment.failure for one in made}
    assert (kinds, len(made)) == ({"stage_not_told"}, 2)
    assert store(run=run, token=claim.token, made=made, context=context_of(chain)) == 0
    assert set(RunItem.objects.values_list("state", "claimed_by")) == {(ItemState.NEW, "")}
    judge_all(run=run)
    assert list(Judgment.objects.values_list("level", "failure")) == [("highly", "")] * 2


class Endless:
    """A search that always wants something more to be asked about."""

    def __init__(self) -> None:
        self.numbers = count()

    def __call__(self, text: str, limit: int) -> tuple[()]:
        raise NotTold(Unit(Stage.REWRITE, f"感冒{next(self.numbers)}"))


def test_a_pair_that_always_wants_more_to_be_asked_is_a_fault_of_the_pipeline(run: Run) -> None:
    chain: Chain = chain_of(run).searching(Endless())
    pairs = list(RunItem.objects.order_by("pair").values_list("pair_id", flat=True))
    with Telling(chain, run.config, run=run) as telling:
        read = telling.read(pairs, case_digests(pairs))
    assert [one.understood for _pair, one in sorted(read.items())] == [Failure(FAULT, "NotTold")] * 2
