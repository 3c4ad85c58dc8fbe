"""Choosing on the form of a configuration which stages a model performs, and how its page says so."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from inference.enums import EndpointKind
from inference.forms import ConfigurationForm
from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.endpoints import configurations_asking, is_used
from inference.services.configurations import Asked, create_configuration
from inference.services.runs import launch_run
from inference.stages_form import StagesForm
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.model_stages import make_endpoint

pytestmark = pytest.mark.django_db

ADDRESS = "http://127.0.0.1:9/v1"


@pytest.fixture
def endpoint() -> ModelEndpoint:
    return make_endpoint(ADDRESS)


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user("inference.add_pipelineconfig", "inference.change_pipelineconfig"))
    return client


def typed(**said: Any) -> dict[str, Any]:
    return {**ConfigurationForm.values_of(Parameters(), "by a model"), "outside": "", **said}


def made(endpoint: ModelEndpoint, stage: Stage, parameters: Parameters | None = None) -> PipelineConfig:
    asked = Asked(endpoint, ModelSettings(endpoint.model, endpoint.revision))
    return create_configuration(by=None, name="x", parameters=parameters or Parameters(), stages={stage: asked})


def test_the_form_says_who_performs_a_stage(visitor: Client, endpoint: ModelEndpoint) -> None:
    shown = visitor.post("/models/new/", typed(stage_rewrite=endpoint.pk, stages_seed=7), follow=True)
    config = PipelineConfig.objects.get(name="by a model")
    assert config.stages == {
        "rewrite": {
            "endpoint": endpoint.pk,
            "settings": {**ModelSettings("m", seed=7, max_tokens=1000).manner},
        }
    }
    assert config.engine == "lexical"
    assert [(one.stage, one.endpoint) for one in shown.context["performed"]] == [(Stage.REWRITE, endpoint)]
    assert endpoint.name in shown.content.decode()


def test_the_form_comes_back_as_it_was_filled_in(visitor: Client, endpoint: ModelEndpoint) -> None:
    visitor.post("/models/new/", typed(stage_entities=endpoint.pk, stages_language="en", stages_max_tokens=99))
    config = PipelineConfig.objects.get(name="by a model")
    assert StagesForm.of(config) == {
        "stages_language": "en",
        "stages_seed": 1,
        "stages_max_tokens": 99,
        "stage_entities": endpoint.pk,
    }
    shown = visitor.get(f"/models/{config.pk}/change/").context
    said = {
        name: value for one in ("form", "stages") for name, value in shown[one].initial.items() if value is not None
    }
    visitor.post(f"/models/{config.pk}/change/", said)
    again = PipelineConfig.objects.get(pk=config.pk)
    assert again.stages == config.stages


def test_who_performs_a_stage_is_in_the_audit_trail(endpoint: ModelEndpoint) -> None:
    made(endpoint, Stage.REWRITE)
    assert str(endpoint.pk) in AuditEvent.objects.get(verb="config.created").data["stage_rewrite"]


def test_a_stage_is_refused_by_its_field(visitor: Client, endpoint: ModelEndpoint) -> None:
    on = [stage.value for stage in Stage if stage is not Stage.REWRITE]
    shown = visitor.post("/models/new/", typed(stage_rewrite=endpoint.pk, on=on))
    assert (shown.status_code, list(shown.context["stages"].errors)) == (422, ["stage_rewrite"])


@pytest.mark.parametrize(
    ("kind", "stage", "parameters"),
    [
        (EndpointKind.TEXT, Stage.IMAGES, Parameters()),
        (EndpointKind.EMBEDDING, Stage.REWRITE, Parameters()),
        (EndpointKind.TEXT, Stage.SIMILARITY, Parameters()),
        (EndpointKind.TEXT, Stage.REWRITE, Parameters(off=(Stage.REWRITE,))),
    ],
)
def test_what_can_perform_no_stage_is_refused(kind: EndpointKind, stage: Stage, parameters: Parameters) -> None:
    with pytest.raises(ValidationError):
        made(make_endpoint(ADDRESS, kind=kind), stage, parameters)


def test_a_retired_endpoint_is_refused() -> None:
    with pytest.raises(ValidationError):
        made(make_endpoint(ADDRESS, retired_at=timezone.now()), Stage.REWRITE)


def test_the_page_of_an_endpoint_says_who_asks_it_and_its_model_stays(client: Client, endpoint: ModelEndpoint) -> None:
    config = made(endpoint, Stage.REWRITE)
    client.force_login(make_user())
    assert [(one.config, one.level, one.stages) for one in configurations_asking(endpoint)] == [
        (config, False, (Stage.REWRITE,))
    ]
    assert "query rewritten" in client.get(f"/models/endpoints/{endpoint.pk}/").content.decode()
    assert not is_used(endpoint)
    launch_run(by=None, release=make_release(), benchmark=make_benchmark(("感冒", "感冒灵", "highly")), config=config)
    assert is_used(endpoint)
