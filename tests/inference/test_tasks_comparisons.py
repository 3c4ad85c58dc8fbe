"""What the edges do with comparisons: a finished run is compared, and what was cut off is taken up."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from inference.comparison import Said
from inference.enums import ComparisonState
from inference.models import Comparison, Run
from inference.signals import run_finished
from inference.tasks import compare, resume_comparisons
from rules.engine.attributes import Level
from tests.inference.judged_runs import make_pairs, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> Iterator[list[int]]:
    """The comparisons whose task was queued."""
    found: list[int] = []

    def note(sender: str, body: tuple[tuple[int, ...], object, object], **kwargs: object) -> None:
        if sender == compare.name:
            found.extend(body[0])

    before_task_publish.connect(note)
    yield found
    before_task_publish.disconnect(note)


@pytest.fixture
def before() -> Run:
    return make_run({pair.pk: Said(Level.HIGHLY, Level.HIGHLY) for pair in make_pairs(3)})


@pytest.fixture
def after(before: Run) -> Run:
    said = dict.fromkeys(before.judgments.values_list("pair", flat=True), Said(Level.WEAKLY, Level.HIGHLY))
    return make_run(said, baseline=before)


def test_a_finished_run_is_compared_with_its_baseline(
    after: Run, published: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_finished.send_robust(sender=Run, run_id=after.pk)
    comparison = Comparison.objects.get(before=after.baseline, after=after)
    assert published == [comparison.pk]
    for _delivery in range(2):
        compare(comparison.pk)
    comparison.refresh_from_db()
    assert (comparison.state, comparison.moved, comparison.rows.count()) == (ComparisonState.READY, 3, 3)


def test_a_first_run_is_compared_with_nothing(before: Run, published: list) -> None:
    run_finished.send_robust(sender=Run, run_id=before.pk)
    assert (Comparison.objects.count(), published) == (0, [])


def test_a_worker_takes_up_what_is_left_and_what_is_lacking(
    before: Run, after: Run, published: list, django_capture_on_commit_callbacks
) -> None:
    left = Comparison.objects.create(before=after, after=before)
    with django_capture_on_commit_callbacks(execute=True):
        resume_comparisons()
    lacking = Comparison.objects.get(before=before, after=after)
    assert published == [left.pk, lacking.pk]


@pytest.mark.parametrize(("idle", "tasks"), [(timedelta(seconds=1), 0), (timedelta(hours=1), 1)])
def test_now_and_then_only_those_that_nobody_works_on(
    before: Run, after: Run, published: list, idle: timedelta, tasks: int
) -> None:
    comparison = Comparison.objects.create(before=before, after=after)
    Comparison.objects.filter(pk=comparison.pk).update(worked_at=timezone.now() - idle)
    resume_comparisons(stalled=True)
    assert published == [comparison.pk] * tasks
