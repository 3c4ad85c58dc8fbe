"""Runs in which a model performs stages: each unit is asked about once, and what fails fails its pairs alone."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from annotation.models import Benchmark
from inference.enums import RunState
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.pipeline.stages import Stage
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Attribute, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.model_stages import asked_for, make_endpoint, make_stage_config, scripted
from tests.scripted_model.script import Call, Error, Reply

pytestmark = pytest.mark.django_db

ROWS = [
    ("感帽灵", "[999]感冒灵颗粒10g*9袋", "highly"),
    ("感帽灵", "[999]小儿感冒颗粒6g*10袋", "moderately"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]
FORBID = RuleContent(
    "On 感冒灵",
    (Condition(Side.QUERY, Operator.IS, Attribute.CORE_NAME, ("感冒灵",)),),
    Effect(EffectKind.FORBID),
)
MEND = {"changes": [{"before": "感帽灵", "after": "感冒灵"}], "tags": ["西药"]}
NONSENSE = Reply("I can't say.")


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def judged(benchmark: Benchmark, release: Release, config: PipelineConfig, *, full: bool = False) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config, full=full))


def rows_of(run: Run) -> list[tuple[str, str]]:
    found = Judgment.objects.filter(run=run).order_by("pair").values_list("level", "failure")
    return [(level, failure) for level, failure in found]


def on_cold(said: Any) -> Callable[[Call], Any]:
    """What is said of the mistyped query; of others that nothing is mistyped."""
    return lambda call: said if "感帽灵" in call.prompt else {"changes": [], "tags": []}


def test_a_query_is_asked_about_once_however_many_products_it_has(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({"rewrite": on_cold(MEND)}))
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    run = judged(benchmark, make_release(), config)
    first = Judgment.objects.filter(run=run).order_by("pair").first()
    assert first is not None
    assert (server.calls, [failure for _level, failure in rows_of(run)]) == (2, ["", "", ""])
    assert [(one["after"], one["kept"]) for one in first.trace["asked"]["rewrites"]] == [("感冒灵", True)]
    assert [(one["stage"], one["model"], one["endpoint"]) for one in first.trace["told"]] == [
        ("rewrite", "scripted", ModelReply.objects.first().endpoint.name)  # type: ignore[union-attr]
    ]
    assert set(ModelReply.objects.values_list("run", flat=True)) == {run.pk}


def test_what_was_said_is_found_again_by_another_run(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}))
    config, release = make_stage_config(make_endpoint(server.address), Stage.REWRITE), make_release()
    judged(benchmark, release, config)
    judged(benchmark, release, config, full=True)
    assert server.calls == 2


def test_a_model_may_judge_after_a_model_rewrote(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({"rewrite": on_cold(MEND)}))
    endpoint = make_endpoint(server.address)
    run = judged(benchmark, make_release(), make_stage_config(endpoint, Stage.REWRITE, judge=endpoint))
    assert rows_of(run) == [("highly", "")] * 3
    assert Counter(map(asked_for, server.requests)) == {"rewrite": 2, "judgment": 3}


def test_a_reply_is_mended_once(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({"rewrite": lambda call: NONSENSE if len(call.body["messages"]) == 2 else MEND}))
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    run = judged(benchmark, make_release(), config)
    assert [failure for _level, failure in rows_of(run)] == ["", "", ""]
    assert Counter(ModelReply.objects.values_list("failure", "repairs")) == {("not_json", False): 2, ("", True): 2}


def test_a_failed_stage_fails_its_pairs_with_the_raw_text_and_is_asked_again(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    say: dict[str, Any] = {"rewrite": on_cold(NONSENSE)}
    server = scripted_model(lambda call: scripted(say)(call))
    config, release = make_stage_config(make_endpoint(server.address), Stage.REWRITE), make_release()
    run = judged(benchmark, release, config)
    first = Judgment.objects.filter(run=run).order_by("pair").first()
    assert first is not None
    assert [failure for _level, failure in rows_of(run)] == ["stage_rewrite_reply_not_json"] * 2 + [""]
    assert (first.trace["raw"], server.calls) == ("I can't say.", 3)
    say["rewrite"] = on_cold(MEND)
    again = judged(benchmark, release, config)
    assert ([failure for _level, failure in rows_of(again)], server.calls) == (["", "", ""], 4)


def test_the_page_of_a_failed_pair_says_at_which_stage_and_shows_the_reply(
    benchmark: Benchmark, client: Client, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({"rewrite": Reply("<b>no</b>")}))
    run = judged(benchmark, make_release(), make_stage_config(make_endpoint(server.address), Stage.REWRITE))
    client.force_login(make_user())
    shown = client.get(f"/judgments/{Judgment.objects.filter(run=run)[0].pk}/").content.decode()
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    assert "At the stage “query rewritten”" in shown


def test_a_server_that_refuses_is_a_failure_of_its_kind(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({"rewrite": Error(400)}))
    run = judged(benchmark, make_release(), make_stage_config(make_endpoint(server.address), Stage.REWRITE))
    assert rows_of(run) == [("", "stage_rewrite_model_refused")] * 3


def test_another_model_at_a_stage_is_another_judgment(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server, release = scripted_model(scripted({})), make_release()
    endpoint = make_endpoint(server.address)
    configs = [
        make_stage_config(endpoint),
        make_stage_config(endpoint, Stage.REWRITE, seed=1),
        make_stage_config(endpoint, Stage.REWRITE, seed=2),
        make_stage_config(make_endpoint(server.address, revision="r2"), Stage.REWRITE, seed=1),
    ]
    keys = [set(judged(benchmark, release, one).judgments.values_list("key", flat=True)) for one in configs]
    assert len(set.union(*keys)) == 4 * len(ROWS)


def test_no_run_begins_where_the_model_of_a_stage_may_not_be_asked(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    endpoint = make_endpoint("http://127.0.0.1:9/v1", retired_at=timezone.now())
    with pytest.raises(ValidationError):
        launch_run(
            by=None, release=make_release(), benchmark=benchmark, config=make_stage_config(endpoint, Stage.REWRITE)
        )


def test_a_run_ends_where_the_model_of_a_stage_may_no_longer_be_asked(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    endpoint = make_endpoint("http://127.0.0.1:9/v1")
    config = make_stage_config(endpoint, Stage.REWRITE)
    run = launch_run(by=None, release=make_release(), benchmark=benchmark, config=config)
    endpoint.retired_at = timezone.now()
    endpoint.save()
    assert judge_all(run=Run.objects.get(pk=run.pk)).state == RunState.CANCELLED


@pytest.mark.parametrize("judges", [False, True])
def test_no_more_calls_are_under_way_than_the_server_takes(judges: bool, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}), delay=0.005)
    endpoint = make_endpoint(server.address, in_flight=3)
    config = make_stage_config(endpoint, Stage.REWRITE, Stage.ENTITIES, judge=endpoint if judges else None)
    rows = [(f"感冒灵{number}号", f"[999]感冒灵颗粒{number}g", "highly") for number in range(30)]
    run = judged(make_benchmark(*rows), make_release(), config)
    assert (len(rows), Counter(failure for _level, failure in rows_of(run))) == (30, Counter({"": 30}))
    assert server.model.most_in_flight <= 3
    assert server.calls == (120 if judges else 90)


def test_after_an_edit_of_the_rules_no_stage_is_asked_again_and_all_is_as_in_a_full_run(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({"rewrite": on_cold(MEND)}))
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE, Stage.ENTITIES)
    judged(benchmark, make_release(), config)
    before = server.calls
    release = make_release(FORBID)
    rerun, full = judged(benchmark, release, config), judged(benchmark, release, config, full=True)
    told = [
        list(one.judgments.order_by("pair").values_list("level", "key", "traced__content")) for one in (rerun, full)
    ]
    assert (server.calls, told[0]) == (before, told[1])
    assert [level for level, _failure in rows_of(rerun)] == ["irrelevant", "irrelevant", "highly"]
