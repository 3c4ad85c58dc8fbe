"""The page of thresholds: tuned on a run, by its labels or those of a release, kept in a configuration that runs."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark, BenchmarkPair, BenchmarkRelease, Label, Pair, ReleasedPair
from inference.enums import RunState
from inference.knowledge.lexicon import load_lexicon
from inference.models import Judgment, JudgmentTrace, PipelineConfig, Run
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.thresholds import Thresholds
from inference.selectors.tuning import samples_of
from inference.services.thresholds import configuration_held
from inference.traces import view_trace
from inference.tuning import Sample
from rules.engine.attributes import Level, LevelClass
from rules.engine.recall import RuleIndex
from rules.models import AuditEvent, Release
from tests.factories import make_benchmark, make_pair, make_release, make_user
from tests.inference.judged_runs import make_run
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_runs import FORBID_IBUPROFEN

pytestmark = pytest.mark.django_db
MAY = ("inference.add_pipelineconfig", "inference.launch_run")
H, M, W, I = Level  # noqa: E741
HIGHLY, LESS, IRRELEVANT = LevelClass


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def user(client: Client) -> User:
    made = make_user(*MAY)
    client.force_login(made)
    return made


def trace(proposed: Level, confidence: float | None, rules: Sequence[int] = (), **more: Any) -> dict[str, Any]:
    recalled = [{"number": number, "version": 1} for number in rules]
    return {"proposed": proposed, "confidence": confidence, "recalled": recalled, "compared": [], **more}


def judge(run: Run, pair: Pair, level: Level | None, content: dict[str, Any], expected: str = "highly") -> None:
    traced = JudgmentTrace.objects.create(key=f"{pair.pk}", content=content)
    failure = "" if level else "error"
    Judgment.objects.create(
        run=run, pair=pair, level=level or "", failure=failure, expected=expected, key=f"{pair.pk}", traced=traced
    )


def planted(benchmark: Benchmark, release: Release | None = None) -> Run:
    """A run that says highly of everything, rightly from a confidence of .6 on."""
    run = make_run({}, benchmark=benchmark, release=release or make_release())
    rng = random.Random(5)
    for _ in range(80):
        confidence = round(rng.uniform(0.3, 0.95), 3)
        pair, level = make_pair(f"q{_}", "t"), "highly" if confidence >= 0.6 else "weakly"
        label = Label.objects.create(benchmark=benchmark, pair=pair, level=level)
        BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)
        judge(run, pair, H, trace(H, confidence), level)
    return run


def test_samples_know_what_a_threshold_could_do() -> None:
    release = make_release(FORBID_IBUPROFEN)
    number = release.entries.get().rule.number
    run = make_run({}, benchmark=make_benchmark(), release=release)
    pairs = [make_pair(f"q{n}", "t") for n in range(5)]
    judge(run, pairs[0], H, trace(H, 0.7))
    judge(run, pairs[1], I, trace(H, 0.7, [number]))
    judge(run, pairs[2], I, trace(I, 0.7, [number]))
    judge(run, pairs[3], M, trace(M, None, model={"confidence": 0.4}))
    judge(run, pairs[4], None, {"failure": "error"})
    assert samples_of(run) == [
        Sample(HIGHLY, HIGHLY, LESS, 0.7, "q0"),
        Sample(HIGHLY, IRRELEVANT, group="q1"),  # a rule decided
        Sample(HIGHLY, IRRELEVANT, IRRELEVANT, 0.7, "q2"),  # the rule that forbids would hold it
        Sample(HIGHLY, LESS, IRRELEVANT, 0.4, "q3"),
        Sample(HIGHLY, None, group="q4"),
    ]


def test_the_labels_may_be_those_of_a_release(user: User) -> None:
    benchmark = make_benchmark()
    run, pair = make_run({}, benchmark=benchmark, release=make_release()), make_pair()
    judge(run, pair, H, trace(H, 0.7))
    release = BenchmarkRelease.objects.create(
        benchmark=benchmark, number=1, digest="d", manifest={}, datasheet={}, created_by=user
    )
    ReleasedPair.objects.create(
        release=release, pair=pair, place=1, level="irrelevant", texts="", line="", digest="", chain=""
    )
    assert [one.labelled for one in samples_of(run, release)] == [IRRELEVANT]


def test_the_page_finds_what_was_planted_and_keeps_it(client: Client, user: User) -> None:
    run = planted(make_benchmark(slug="demo"))
    page = client.get(reverse("inference:thresholds", args=[run.pk]))
    chosen = page.context["tuned"].chosen
    assert 0.52 < chosen.highly < 0.65
    assert page.context["verdict"] == "Thresholds make these judgments better."
    assert [name for name, _chart, _points in page.context["curves"]] == [HIGHLY]
    kept = {"name": "sure", "sure_highly": chosen.highly, "sure_less": 0, "sure_irrelevant": 0}
    client.post(reverse("inference:keep_thresholds", args=[run.pk]), kept)
    made = PipelineConfig.objects.get(name="sure")
    assert Parameters.from_json(made.parameters).thresholds == Thresholds(highly=chosen.highly)
    assert (
        AuditEvent.objects.get(verb="config.created", subject=f"config:{made.pk}").data["sure_highly"] == chosen.highly
    )


def test_a_run_can_be_launched_with_it(client: Client, user: User) -> None:
    run = planted(make_benchmark(slug="demo"))
    kept = {"name": "sure", "sure_highly": 0.6, "sure_less": 0, "sure_irrelevant": 0, "launch": "1"}
    answer = client.post(reverse("inference:keep_thresholds", args=[run.pk]), kept)
    again = Run.objects.get(config__name="sure")
    assert (answer["Location"], again.baseline) == (reverse("inference:run", args=[again.pk]), run)
    Run.objects.filter(pk=again.pk).update(state=RunState.FINISHED)
    assert client.get(reverse("inference:thresholds", args=[again.pk])).context["already"]


def test_who_may_not_launch_makes_no_configuration_by_it(client: Client) -> None:
    client.force_login(make_user("inference.add_pipelineconfig"))
    run = planted(make_benchmark(slug="demo"))
    kept = {"name": "sure", "sure_highly": 0.6, "sure_less": 0, "sure_irrelevant": 0, "launch": "1"}
    assert client.post(reverse("inference:keep_thresholds", args=[run.pk]), kept).status_code == 403
    assert not PipelineConfig.objects.filter(name="sure").exists()


@pytest.mark.parametrize("kept", [{"name": ""}, {"sure_highly": 2}, {"sure_highly": 0}, {"name": "taken"}])
def test_what_cannot_be_kept_is_said(client: Client, user: User, kept: dict[str, Any]) -> None:
    run = planted(make_benchmark(slug="demo"))
    PipelineConfig.objects.create(name="taken")
    said = {"name": "sure", "sure_highly": 0.6, "sure_less": 0, "sure_irrelevant": 0, **kept}
    answer = client.post(reverse("inference:keep_thresholds", args=[run.pk]), said)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)
    assert not PipelineConfig.objects.filter(name="sure").exists()


def test_thresholds_of_a_model_stand_in_how_it_is_asked(user: User) -> None:
    config = make_model_config("http://127.0.0.1:9/v1", samples=3)
    made = configuration_held(by=user, config=config, name="sure", thresholds=Thresholds(less=0.5))
    assert made.asked is not None
    assert (made.asked.thresholds, made.asked.samples, made.endpoint) == (Thresholds(less=0.5), 3, config.endpoint)
    assert Parameters.from_json(made.parameters) == Parameters.from_json(config.parameters)
    with pytest.raises(ValidationError):
        configuration_held(by=user, config=made, name="again", thresholds=Thresholds(less=0.5))
    with pytest.raises(PermissionDenied):
        configuration_held(by=make_user(), config=made, name="other", thresholds=Thresholds())


def test_too_few_judgments_are_said(client: Client, user: User) -> None:
    run = make_run({}, benchmark=make_benchmark(), release=make_release())
    judge(run, make_pair(), H, trace(H, 0.7))
    page = client.get(reverse("inference:thresholds", args=[run.pk]))
    assert (page.status_code, "tuned" in page.context) == (200, False)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    assert client.get(reverse("inference:thresholds", args=[run.pk])).status_code == 404


def test_the_trace_of_a_judgment_says_that_it_was_not_sure_enough() -> None:
    parameters = Parameters(sure_highly=1.0)
    judged = Chain(load_lexicon(), RuleIndex(()), parameters).judge(Case("布洛芬", "布洛芬缓释胶囊")).trace
    assert judged is not None
    assert judged.unsure is not None
    view = view_trace(judged.to_json())
    assert (view.unsure and view.unsure.after, view.before_rules, view.level) == (M, M, M)
    assert view.reason.endswith(
        f"sure to {100 * judged.unsure.confidence:.1f}% where 100.0% is asked for: moderately relevant."
    )
    shown = render_to_string("inference/_trace.html", {"view": view})
    assert "Not sure enough" in shown
