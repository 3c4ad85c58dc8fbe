"""Launching, cancelling and resuming runs."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.models import Benchmark
from inference.enums import ItemState, RunState
from inference.models import Judgment, Run
from inference.selectors.chains import knowledge_at
from inference.services.judging import judge_all, judge_batch
from inference.services.making import claim_items
from inference.services.runs import UnderWayError, cancel_run, insert_run, launch_run, resume_runs
from inference.signals import work_waiting
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db

ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("布洛芬", "[感康]复方氨酚烷胺片12片", "weakly"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]
FORBID_IBUPROFEN = RuleContent(
    title="No ibuprofen",
    conditions=(Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),),
    effect=Effect(EffectKind.FORBID),
)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def launched(benchmark: Benchmark, *rules: RuleContent, full: bool = False) -> Run:
    return launch_run(by=None, release=make_release(*rules), benchmark=benchmark, full=full)


def outcomes(run: Run) -> list[tuple[str, str]]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list("pair__product__title", "level"))


def test_launch_pins_what_decides(benchmark: Benchmark) -> None:
    user, release = make_user("inference.launch_run"), make_release()
    run = launch_run(by=user, release=release, benchmark=benchmark, reason="why")
    assert (run.release, run.benchmark, run.config.name, run.baseline, run.reason, run.total, run.created_by) == (
        release, benchmark, "lexical", None, "why", 3, user,
    )  # fmt: skip
    assert run.knowledge == knowledge_at(run.entries_upto)
    assert list(run.items.values_list("expected", flat=True)) == ["highly", "weakly", "highly"]
    assert AuditEvent.objects.filter(verb="run.launched", subject=f"run:{run.pk}", actor=user).count() == 1


def test_launch_needs_the_permission(benchmark: Benchmark) -> None:
    with pytest.raises(PermissionDenied):
        launch_run(by=make_user(), release=make_release(), benchmark=benchmark)
    assert not Run.objects.exists()


def test_launch_refuses_a_benchmark_without_pairs() -> None:
    with pytest.raises(ValidationError):
        launch_run(by=None, release=make_release(), benchmark=make_benchmark())
    assert not Run.objects.exists()


def test_the_same_run_is_launched_once_at_a_time(benchmark: Benchmark) -> None:
    release = make_release()
    first = launch_run(by=None, release=release, benchmark=benchmark)
    with pytest.raises(UnderWayError) as caught:
        launch_run(by=None, release=release, benchmark=benchmark)
    assert (caught.value.run, Run.objects.count()) == (first, 1)
    judge_all(run=first)
    assert launch_run(by=None, release=release, benchmark=benchmark).baseline == first


def test_of_two_launches_at_one_moment_the_database_takes_one(benchmark: Benchmark) -> None:
    first = launched(benchmark)
    twin = Run(config=first.config, release=first.release, benchmark=benchmark, knowledge=first.knowledge)
    with pytest.raises(UnderWayError):
        insert_run(run=twin)
    assert list(Run.objects.all()) == [first]


def test_a_run_that_cannot_go_on_stands_in_no_ones_way(benchmark: Benchmark) -> None:
    first = launched(benchmark)
    Run.objects.filter(pk=first.pk).update(knowledge="another")
    second = launch_run(by=None, release=first.release, benchmark=benchmark)
    first.refresh_from_db()
    assert (first.state, second.state) == (RunState.CANCELLED, RunState.RUNNING)


def test_a_launch_is_announced_after_commit(benchmark: Benchmark, django_capture_on_commit_callbacks) -> None:
    heard: list[int] = []

    def hear(*, run_id: int, **kwargs: object) -> None:
        heard.append(run_id)

    work_waiting.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        run = launched(benchmark)
        assert heard == []
    assert heard == [run.pk]


def test_the_baseline_is_the_latest_finished_run(benchmark: Benchmark) -> None:
    first = judge_all(run=launched(benchmark))
    cancelled = cancel_run(by=None, run=launched(benchmark))
    assert [cancelled.baseline, launched(benchmark).baseline] == [first, first]


def test_a_run_judges_every_pair_once_and_finishes(benchmark: Benchmark) -> None:
    run = judge_all(run=launched(benchmark))
    assert run.state == RunState.FINISHED
    assert run.finished_at is not None
    assert sorted(Judgment.objects.filter(run=run).values_list("pair", flat=True)) == sorted(
        benchmark.members.values_list("pair", flat=True)
    )
    assert not run.items.exists()
    assert judge_batch(run_id=run.pk).stored == 0


def test_cancel_keeps_what_is_judged_and_leaves_the_rest(benchmark: Benchmark, settings) -> None:
    settings.JUDGE_BATCH = 1
    run = launched(benchmark)
    judge_batch(run_id=run.pk)
    cancel_run(by=make_user("inference.cancel_run"), run=run)
    assert judge_batch(run_id=run.pk).again_in is None
    assert (run.state, Judgment.objects.filter(run=run).count()) == (RunState.CANCELLED, 1)


def test_cancel_needs_the_permission(benchmark: Benchmark) -> None:
    run = launched(benchmark)
    with pytest.raises(PermissionDenied):
        cancel_run(by=make_user(), run=run)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_an_ended_run_is_not_cancelled(benchmark: Benchmark) -> None:
    run = judge_all(run=launched(benchmark))
    with pytest.raises(ValidationError):
        cancel_run(by=None, run=run)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_resume_alone_releases_claims_a_dead_worker_left(benchmark: Benchmark) -> None:
    run = launched(benchmark, full=True)
    claim_items(run=run)
    assert resume_runs(alone=True) == 1
    assert set(run.items.values_list("state", flat=True)) == {ItemState.NEW}
    assert judge_all(run=run).state == RunState.FINISHED


def test_resume_beside_others_leaves_their_claims(benchmark: Benchmark) -> None:
    run = launched(benchmark, full=True)
    claim_items(run=run)
    assert resume_runs() == 1
    assert set(run.items.values_list("state", flat=True)) == {ItemState.CLAIMED}


def test_a_run_with_other_knowledge_is_cancelled_not_continued(benchmark: Benchmark) -> None:
    run = launched(benchmark)
    Run.objects.filter(pk=run.pk).update(knowledge="of another day")
    assert resume_runs() == 0
    run.refresh_from_db()
    assert (run.state, Judgment.objects.filter(run=run).count()) == (RunState.CANCELLED, 0)


def test_a_rerun_judges_anew_only_what_the_release_touches(benchmark: Benchmark) -> None:
    judge_all(run=launched(benchmark))
    run = judge_all(run=launched(benchmark, FORBID_IBUPROFEN))
    reused = dict(Judgment.objects.filter(run=run).values_list("pair__query__text", "reused"))
    assert reused == {"布洛芬": False, "创可贴": True}


def test_a_rerun_with_reuse_equals_a_full_one(benchmark: Benchmark) -> None:
    release = make_release(FORBID_IBUPROFEN)
    full = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    again = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    fields = ("pair", "level", "expected", "failure", "line", "key", "traced__content")
    assert list(full.judgments.values_list(*fields)) == list(again.judgments.values_list(*fields))
    assert set(again.judgments.values_list("reused", flat=True)) == {True}


def test_a_rule_not_yet_valid_does_not_count(benchmark: Benchmark) -> None:
    later = replace(FORBID_IBUPROFEN, valid_from=date(2999, 1, 1))
    forbidden, not_yet = (judge_all(run=launched(benchmark, rule)) for rule in (FORBID_IBUPROFEN, later))
    assert (outcomes(forbidden)[0], outcomes(not_yet)[0]) == ((ROWS[0][1], "irrelevant"), (ROWS[0][1], "highly"))
