"""Launching ablations: all steps or none, one after the other, told apart from other runs."""

from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.models import Benchmark
from inference.enums import RunState
from inference.measures import Gain
from inference.models import Ablation, PipelineConfig, Run
from inference.pipeline.ablation import ABLATION, settings, steps
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.ablations import table_of
from inference.selectors.home import lately, standing, waiting_for
from inference.selectors.runs import latest_finished, latest_finished_by_benchmark
from inference.services.ablations import AblationUnderWayError, cancel_ablation, launch_ablation
from inference.services.judging import judge_all
from inference.services.runs import cancel_run, launch_run, resume_runs
from inference.signals import work_waiting
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
ROWS = [
    ("布洛芬", "布洛芬片100片", "highly"),
    ("创可贴", "布洛芬片20片", "irrelevant"),
    ("退烧药", "布洛芬片", "highly"),
]
STEPS = 2 * len(ABLATION)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def user() -> User:
    return make_user("inference.launch_run", "inference.cancel_run")


def launched(benchmark: Benchmark, user: User) -> Ablation:
    return launch_ablation(by=user, release=make_release(), benchmark=benchmark)


def judged(ablation: Ablation) -> Ablation:
    for run in ablation.runs.order_by("pk"):
        judge_all(run=run)
    return ablation


def test_the_steps_lead_from_nothing_to_everything() -> None:
    rows = steps()
    assert (len(rows), rows[0].off, rows[-1].off) == (len(ABLATION) + 1, tuple(sorted(Stage)), ())
    assert [set(above.off) - set(row.off) for above, row in pairwise(rows)] == [{stage} for stage in ABLATION]
    assert len(set(settings())) == len(settings()) == STEPS


def test_an_ablation_has_a_run_for_every_step_once_at_a_time(benchmark: Benchmark, user: User) -> None:
    ablation = launched(benchmark, user)
    off = [tuple(Parameters.from_json(run.config.parameters).off) for run in ablation.runs.order_by("pk")]
    assert off == list(settings())
    with pytest.raises(AblationUnderWayError) as caught:
        launch_ablation(by=user, release=ablation.release, benchmark=benchmark)
    assert (caught.value.ablation, Ablation.objects.count(), Run.objects.count()) == (ablation, 1, STEPS)
    assert AuditEvent.objects.get(verb="ablation.launched").subject == f"ablation:{ablation.pk}"
    assert [event.verb for event in lately()] == ["ablation.launched"]


def test_a_launch_that_fails_leaves_nothing(user: User) -> None:
    with pytest.raises(ValidationError):
        launch_ablation(by=user, release=make_release(), benchmark=make_benchmark())
    with pytest.raises(PermissionDenied):
        launch_ablation(by=make_user(), release=make_release(), benchmark=make_benchmark(*ROWS))
    assert (Ablation.objects.count(), Run.objects.count(), PipelineConfig.objects.count()) == (0, 0, 0)


def test_the_steps_take_turns_until_what_is_left_is_cancelled(
    benchmark: Benchmark, user: User, django_capture_on_commit_callbacks
) -> None:
    heard: list[int] = []

    def hear(*, run_id: int, **kwargs: object) -> None:
        heard.append(run_id)

    work_waiting.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        ablation = launched(benchmark, user)
    first, second, *_others, last = ablation.runs.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        judge_all(run=first)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_run(by=user, run=last)
        resume_runs(alone=True)
    assert (heard[:2], set(heard[2:])) == ([first.pk, second.pk], {second.pk})
    cancel_ablation(by=user, ablation=ablation)
    table = table_of(ablation)
    assert (table.state, table.finished, table.done, table.total) == (RunState.CANCELLED, 1, 3, 3 * STEPS)
    assert [row.row.stage for row in table.rows if row.row.figures] == [ABLATION[-1]]
    with pytest.raises(ValidationError):
        cancel_ablation(by=user, ablation=ablation)
    with pytest.raises(PermissionDenied):
        cancel_ablation(by=make_user(), ablation=ablation)


def test_only_runs_as_the_search_stands_say_how_it_stands(benchmark: Benchmark, user: User) -> None:
    release = make_release()
    plain = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    other = PipelineConfig.objects.create(name="other")
    judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=other))
    ablation = judged(launch_ablation(by=user, release=release, benchmark=benchmark))
    assert latest_finished(benchmark=benchmark) == plain
    assert latest_finished_by_benchmark() == {benchmark: plain}
    assert [point.run for point in standing(release).points] == [plain]
    assert waiting_for(user) == []
    gains = {row.row.stage: (row.row.gain, row.row.missed_gain) for row in table_of(ablation).rows[1:]}
    assert gains[ABLATION[0]] == (Gain.ADDS, Gain.ADDS)
    assert gains[ABLATION[-1]] == (Gain.NOTHING, Gain.NOTHING)
    made = PipelineConfig.objects.count()
    launch_ablation(by=user, release=release, benchmark=benchmark)
    assert PipelineConfig.objects.count() == made
    assert [(one.kind, one.count) for one in waiting_for(user)] == [("ablation", STEPS)]
