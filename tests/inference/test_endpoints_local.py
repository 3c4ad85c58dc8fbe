"""Endpoints whose model the application runs itself: off unless the deployment allows their folder."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from inference.engines import local
from inference.engines.place import LocalEngine
from inference.engines.probing import Verdict
from inference.engines.protocol import Secret
from inference.enums import EndpointKind, Engine, RunState
from inference.models import Judgment, PipelineConfig
from inference.selectors.endpoints import opened
from inference.services.endpoints import EndpointSettings, add_endpoint, change_endpoint, try_endpoint
from inference.services.runs import launch_run
from inference.tasks import judge_batch
from tests.factories import make_benchmark, make_release, make_user
from tests.inference import echo_engine

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return make_user("inference.add_modelendpoint", "inference.change_modelendpoint")


@pytest.fixture
def said(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> EndpointSettings:
    """An endpoint in a folder that is allowed; what runs it is the engine of these tests."""
    monkeypatch.setitem(local.MODULES, LocalEngine.TRANSFORMERS, echo_engine.__name__)
    monkeypatch.setattr(local, "runners", local.Runners())
    settings.MODEL_FOLDERS = [str(tmp_path)]
    return EndpointSettings(
        name="here", kind=EndpointKind.TEXT, address=f"inprocess:transformers:{tmp_path}", model="tiny"
    )


def test_it_is_off_unless_the_deployment_names_folders(lead, said, settings):
    settings.MODEL_FOLDERS = []

    with pytest.raises(ValidationError, match="runs no models itself"):
        add_endpoint(by=lead, said=said)


def test_a_folder_that_is_not_allowed_is_refused_when_said_and_when_used(lead, said, settings):
    with pytest.raises(ValidationError, match="runs no model from /etc"):
        add_endpoint(by=lead, said=replace(said, address="inprocess:transformers:/etc"))
    endpoint = add_endpoint(by=lead, said=said)
    settings.MODEL_FOLDERS = ["/srv/models"]

    with pytest.raises(ValidationError, match="does not allow"):
        opened(endpoint)


def test_it_takes_text_alone(lead, said):
    for kind in (EndpointKind.VISION, EndpointKind.EMBEDDING):
        with pytest.raises(ValidationError, match="takes text alone"):
            add_endpoint(by=lead, said=replace(said, kind=kind))


def test_a_token_for_a_server_is_not_kept_for_it(lead, said):
    served = replace(said, address="http://127.0.0.1:8000/v1")
    endpoint = add_endpoint(by=lead, said=served, secret=Secret("s3cret"))

    with pytest.raises(ValidationError, match="another server"):
        change_endpoint(by=lead, endpoint=endpoint, said=said)


def test_a_test_tells_whether_it_holds_to_the_schema(lead, said):
    test = try_endpoint(by=lead, endpoint=add_endpoint(by=lead, said=said))

    assert (test.verdict, test.models_listed) == (Verdict.UNBOUND, ["tiny"])


def test_a_run_is_asked_of_it(lead, said):
    endpoint = add_endpoint(by=lead, said=said)
    config = PipelineConfig.objects.create(name="here", engine=Engine.LLM, endpoint=endpoint)
    benchmark = make_benchmark(("感冒灵", "感冒灵颗粒", "highly"))
    run = launch_run(by=None, release=make_release(), benchmark=benchmark, config=config)

    judge_batch(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert list(Judgment.objects.filter(run=run).values_list("failure", flat=True)) == ["reply_not_json"]
