"""The judgment of a case is the same whichever path asked for it: page, API, command, run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from inference.models import Judgment, ModelReply, PipelineConfig
from inference.pipeline.stages import Stage
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.models import AuditEvent, Release
from rules.services.tokens import create_token
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.model_stages import make_endpoint, make_stage_config, scripted

pytestmark = pytest.mark.django_db

CASE = {"query": "感帽灵", "title": "[999]感冒灵颗粒10g*9袋"}
MEND = {"changes": [{"before": "感帽灵", "after": "感冒灵"}], "tags": ["中药"]}
NAMES = {"entities": [{"attribute": "core_name", "words": "感冒灵", "name": ""}]}
LEVEL = {"mismatched": [], "rules": [], "level": "moderately", "reason": "as scripted"}
Told = dict[str, Any]


def by_run(config: PipelineConfig, release: Release) -> Told:
    benchmark = make_benchmark((*CASE.values(), "highly"))
    run = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config))
    one = Judgment.objects.get(run=run)
    return {"level": one.level, "key": one.key, "trace": one.trace}


def by_command(config: PipelineConfig, folder: Path) -> Told:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text(json.dumps(CASE) + "\n", "utf-8")
    call_command("judge", source, target, config=config.name, traces=True)
    row = json.loads(target.read_text("utf-8"))
    return {name: row[name] for name in ("level", "key", "trace")}


def by_api(config: PipelineConfig) -> Told:
    token = create_token(by=make_user("inference.launch_run"), days=1).token
    bearer = {"Authorization": f"Bearer {token}"}
    said = {**CASE, "config": config.name, "trace": True}
    told = Client().post("/api/v1/judge/", said, content_type="application/json", headers=bearer)
    assert told.status_code == 200, told.content
    return {name: told.json()[name] for name in ("level", "key", "trace")}


def by_page(config: PipelineConfig, method: str = "post") -> Told:
    client = Client()
    client.force_login(make_user("inference.launch_run"))
    shown = getattr(client, method)("/try/", {**CASE, "config": config.pk}, follow=True)
    judged = shown.context["judged"]
    return {"level": shown.context["level"], "key": judged.key, "trace": judged.trace}


@pytest.mark.parametrize("judges", [False, True])
@pytest.mark.parametrize("first", ["run", "command", "api", "page"])
def test_every_path_gives_the_same_and_asks_nothing_twice(
    first: str, judges: bool, tmp_path: Path, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({"rewrite": MEND, "entities": NAMES, "judgment": LEVEL}))
    endpoint, release = make_endpoint(server.address), make_release()
    config = make_stage_config(endpoint, Stage.REWRITE, Stage.ENTITIES, judge=endpoint if judges else None)
    paths: dict[str, Callable[[], Told]] = {
        "run": lambda: by_run(config, release),
        "command": lambda: by_command(config, tmp_path),
        "api": lambda: by_api(config),
        "page": lambda: by_page(config),
    }
    found = [paths[name]() for name in (first, *(name for name in paths if name != first))]
    assert found == [found[0]] * 4
    assert found[0]["level"] == ("moderately" if judges else "highly")
    assert [one["stage"] for one in found[0]["trace"]["told"]] == ["rewrite", "entities", "entities"]
    assert server.calls == 3 + judges == ModelReply.objects.count()


def test_looking_at_the_page_asks_nobody_and_says_what_is_known(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}))
    make_release()
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    client = Client()
    client.force_login(make_user())
    shown = client.get("/try/", {**CASE, "config": config.pk})
    assert (shown.context["unknown"], server.calls) == (True, 0)
    asked = by_page(config)
    assert by_page(config, "get") == asked
    assert server.calls == 1


def test_who_may_not_launch_runs_has_no_model_asked(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}))
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    client = Client()
    client.force_login(make_user())
    assert client.post("/try/", {**CASE, "config": config.pk}).status_code == 403
    token = create_token(by=make_user(), days=1).token
    bearer = {"Authorization": f"Bearer {token}"}
    said = {**CASE, "config": config.name}
    assert client.post("/api/v1/judge/", said, content_type="application/json", headers=bearer).status_code == 403
    assert server.calls == 0


@pytest.mark.django_db(transaction=True)
def test_having_models_asked_is_in_the_audit_trail(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}))
    endpoint = make_endpoint(server.address)
    config = make_stage_config(endpoint, Stage.REWRITE, judge=endpoint)
    by_page(config)
    by_page(config)
    events = AuditEvent.objects.filter(verb="config.asked").order_by("pk")
    assert [(one.subject, one.data["calls"]) for one in events] == [(f"config:{config.pk}", 1)] * 2


def test_a_name_that_no_configuration_has_is_not_found() -> None:
    token = create_token(by=make_user(), days=1).token
    bearer = {"Authorization": f"Bearer {token}"}
    said = {**CASE, "config": "none such"}
    assert Client().post("/api/v1/judge/", said, content_type="application/json", headers=bearer).status_code == 404
