"""Configurations in which a served model gives the level: made, altered, shown, refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inference.enums import EndpointKind, Engine
from inference.forms import ConfigurationForm
from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.parameters import Parameters
from inference.pipeline.thresholds import Thresholds
from inference.services.configurations import Asked, change_configuration, create_configuration
from rules.models import AuditEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MAY = ("inference.add_pipelineconfig", "inference.change_pipelineconfig")
ASKED = ModelSettings("qwen", "r1", "en", 0.5, 3, 200, 5)


@pytest.fixture
def user() -> User:
    return make_user(*MAY)


@pytest.fixture
def visitor(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def endpoint(user: User, name: str = "<b>vllm", **other: Any) -> ModelEndpoint:
    fields = {
        "name": name,
        "address": "http://127.0.0.1:8000/v1",
        "model": "qwen",
        "revision": "r1",
        "created_by": user,
    }
    return ModelEndpoint.objects.create(**(fields | other))


def made(user: User, served: ModelEndpoint, settings: ModelSettings = ASKED, name: str = "mine") -> PipelineConfig:
    return create_configuration(by=user, name=name, parameters=Parameters(), model=Asked(served, settings))


def test_a_configuration_with_a_model_says_how_it_is_asked(user: User) -> None:
    served = endpoint(user)
    config = PipelineConfig.objects.get(pk=made(user, served).pk)
    assert (config.engine, config.endpoint, config.asked) == (Engine.LLM, served, ASKED)
    data = AuditEvent.objects.get(verb="config.created").data
    assert (data["endpoint"], data["temperature"], data["language"]) == ("<b>vllm", 0.5, "en")


def test_a_model_may_be_taken_away_again(user: User) -> None:
    config = made(user, endpoint(user))
    changed = change_configuration(by=user, config=config, name="mine", parameters=Parameters())
    assert (changed.engine, changed.endpoint, changed.model_settings, changed.asked) == (Engine.LEXICAL, None, {}, None)


@pytest.mark.parametrize(
    "other", [{"kind": EndpointKind.EMBEDDING}, {"retired_at": timezone.now()}, {"model": "llama"}, {"revision": "r2"}]
)
def test_a_model_that_cannot_be_asked_is_refused(user: User, other: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        made(user, endpoint(user, **other))
    assert list(caught.value.message_dict) == ["endpoint"]
    assert not PipelineConfig.objects.exists()


@pytest.mark.parametrize("served", [True, False])
def test_the_database_keeps_engine_and_endpoint_together(user: User, served: bool) -> None:
    engine = Engine.LEXICAL if served else Engine.LLM
    with pytest.raises(IntegrityError), transaction.atomic():
        PipelineConfig.objects.create(name="x", engine=engine, endpoint=endpoint(user) if served else None)


def test_the_form_gives_back_the_model_it_was_filled_with(user: User) -> None:
    served = endpoint(user)
    form = ConfigurationForm(ConfigurationForm.of(made(user, served), "mine"))
    assert form.is_valid()
    assert form.model == Asked(served, ASKED)


def test_a_model_is_asked_as_it_comes_where_nothing_was_typed(user: User) -> None:
    served = endpoint(user)
    form = ConfigurationForm({"name": "x", "name_overlap": 0.5, "endpoint": served.pk})
    assert form.is_valid()
    assert form.model == Asked(served, ModelSettings("qwen", "r1"))


def test_the_pages_make_and_show_one(visitor: Client, user: User) -> None:
    served = endpoint(user)
    filled = ConfigurationForm.values_of(Parameters(), "mine") | {"endpoint": served.pk, "temperature": "0.5"}
    refused = visitor.post(reverse("inference:new_configuration"), filled | {"temperature": "9"})
    visitor.post(reverse("inference:new_configuration"), filled)
    config = PipelineConfig.objects.get()
    assert (refused.status_code, config.asked) == (422, ModelSettings("qwen", "r1", temperature=0.5))
    shown = visitor.get(reverse("inference:configuration", args=[config.pk])).content.decode()
    assert "&lt;b&gt;vllm" in shown
    assert config.asked is not None
    assert config.asked.prompts[:16] in shown
    again = visitor.get(reverse("inference:change_configuration", args=[config.pk])).content.decode()
    assert f'<option value="{served.pk}" selected>' in again


def test_an_endpoint_that_is_retired_or_embeds_is_not_offered(visitor: Client, user: User) -> None:
    endpoint(user, "gone", retired_at=timezone.now())
    endpoint(user, "vectors", kind=EndpointKind.EMBEDDING)
    page = visitor.get(reverse("inference:new_configuration")).content.decode()
    assert ("gone" in page, "vectors" in page) == (False, False)
    form = ConfigurationForm({"name": "x", "name_overlap": 0.5, "endpoint": ModelEndpoint.objects.first().pk})
    assert not form.is_valid()


@pytest.mark.parametrize("by_model", [False, True])
def test_the_form_keeps_thresholds_where_they_belong(user: User, by_model: bool) -> None:
    served = endpoint(user) if by_model else None
    filled = {"name": "x", "name_overlap": 0.5, "endpoint": served and served.pk, "sure_less": 0.6}
    form = ConfigurationForm({name: value for name, value in filled.items() if value})
    assert form.is_valid()
    config = create_configuration(by=user, name="x", parameters=form.parameters, model=form.model)
    asked, expected = config.asked, Thresholds(less=0.6)
    assert (asked.thresholds if asked else None) == (expected if by_model else None)
    assert Parameters.from_json(config.parameters).thresholds == (Thresholds() if by_model else expected)
    again = ConfigurationForm(ConfigurationForm.of(config, "x"))
    assert again.is_valid()
    assert (again.parameters.thresholds, again.model) == (form.parameters.thresholds, form.model)
