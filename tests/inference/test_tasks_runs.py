"""What the edges do with runs: batches are queued and come back, and a published release is judged."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from inference.enums import RunState
from inference.models import Run
from inference.receivers import enqueue_batches
from inference.services.judging import judge_all
from inference.services.making import claim_items
from inference.services.runs import launch_run, resume_stalled_runs
from inference.signals import work_waiting
from inference.tasks import LANES, judge_batch
from rules.signals import release_published
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(4)]


@pytest.fixture
def published() -> Iterator[list[tuple[str, bool]]]:
    """The tasks queued: their names, and whether for later."""
    found: list[tuple[str, bool]] = []

    def note(sender: str, headers: dict[str, object], **kwargs: object) -> None:
        found.append((sender, bool(headers["eta"])))

    before_task_publish.connect(note)
    yield found
    before_task_publish.disconnect(note)


def launched() -> Run:
    return launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), full=True)


@pytest.mark.parametrize(("batch", "tasks"), [(50, 1), (2, 2), (1, 4)])
def test_a_run_gets_a_task_a_batch(published: list, settings, batch: int, tasks: int) -> None:
    settings.JUDGE_BATCH = batch
    enqueue_batches(run_id=launched().pk)
    assert published == [("inference.judge_batch", False)] * min(tasks, LANES)


def test_a_run_that_only_has_to_be_finished_gets_a_task_too(published: list) -> None:
    run = judge_all(run=launched())
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    enqueue_batches(run_id=run.pk)
    judge_batch(run.pk)
    run.refresh_from_db()
    assert (len(published), run.state) == (1, RunState.FINISHED)


def test_a_task_comes_back_while_pairs_wait_and_not_after(published: list, settings) -> None:
    settings.JUDGE_BATCH = 3
    run = launched()
    judge_batch(run.pk)
    assert published == [("inference.judge_batch", False)]
    judge_batch(run.pk)
    assert len(published) == 1


def test_a_task_comes_back_later_for_what_a_dead_worker_may_hold(published: list) -> None:
    run = launched()
    claim_items(run=run)
    judge_batch(run.pk)
    assert published == [("inference.judge_batch", True)]


def test_a_run_whose_tasks_got_lost_is_announced_again(settings, django_capture_on_commit_callbacks) -> None:
    settings.CLAIM_SECONDS = 10
    lost, held, young = launched(), launched(), launched()
    Run.objects.filter(pk__in=[lost.pk, held.pk]).update(created_at=timezone.now() - timedelta(seconds=21))
    claim_items(run=held)
    heard: list[int] = []

    def hear(*, run_id: int, **kwargs: object) -> None:
        heard.append(run_id)

    work_waiting.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        assert resume_stalled_runs() == 1
    assert (heard, young.state) == ([lost.pk], RunState.RUNNING)


def test_a_published_release_is_judged_where_something_was_judged_before(published: list) -> None:
    judged, _never_judged = judge_all(run=launched()), launched()
    release = make_release()
    release_published.send(sender=type(release), release_id=release.pk, actor_id=release.created_by_id)
    runs = Run.objects.filter(release=release)
    assert [(run.benchmark, run.baseline, run.config, run.reason, run.created_by) for run in runs] == [
        (judged.benchmark, judged, judged.config, "release published", None)
    ]
