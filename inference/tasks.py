"""Work for Celery. A task takes ids and may be delivered twice."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from inference.selectors.comparisons import comparisons_left, runs_not_compared
from inference.selectors.learning import newest_passage
from inference.selectors.proposal_checks import proposals_due
from inference.services import comparing, judging, learning, pictures, proposal_checks

LANES = 16
"""Tasks at work on one run at most, so that many workers share a run and several runs share the workers."""


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.judge_batch",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def judge_batch(run_id: int) -> None:
    """Judge one batch of a run, and come back while pairs are left, be they claimed by a worker that may have died."""
    batch = judging.judge_batch(run_id=run_id)
    if batch.again_in is not None:
        judge_batch.apply_async((run_id,), countdown=batch.again_in or None)


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.read_pictures",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def read_pictures() -> None:
    """Read a batch of the pictures that nobody has read, and come back while others wait."""
    if pictures.read_pictures().more:
        read_pictures.delay()


def resume_pictures() -> None:
    """Enqueue the reading of pictures that wait, if any do. Called when a worker starts and after an import."""
    if pictures.can_read():
        read_pictures.delay()


def resume_stalled_pictures() -> None:
    """Enqueue the reading of pictures that a command imported, or whose task got lost. Called now and then."""
    if pictures.nobody_reads():
        read_pictures.delay()


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.learn",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def learn(passage: int | None = None) -> None:
    """Learn from what was imported. `passage` was the newest when this was enqueued: a later import has its own task."""
    if passage is None or passage == newest_passage():
        learning.learn(by=None)


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.check_proposal",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def check_proposal(proposal_id: int, again: bool = False) -> None:
    """Run the checks of a proposal that have no answer about what it says now, or `again` all."""
    proposal_checks.run_checks(proposal_id=proposal_id, again=again)


def resume_checks(*, alone: bool = False) -> None:
    """Enqueue the checks that wait for somebody. Called when a worker starts, now and then, and when labels change.

    `alone` says that no other process checks anything on this database.
    """
    for proposal_id in proposals_due(alone=alone):
        check_proposal.delay(proposal_id)


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.compare",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def compare(comparison_id: int) -> None:
    """Compare two runs, or go on where somebody was cut off."""
    comparing.make_comparison(comparison_id=comparison_id)


def resume_comparisons(*, stalled: bool = False) -> None:
    """Enqueue the comparisons that are not made, and those that finished runs lack. Called when a worker starts.

    `stalled`: only those that nobody has worked on for two claims' time. Called now and then.
    """
    since = timezone.now() - 2 * timedelta(seconds=settings.CLAIM_SECONDS) if stalled else None
    for comparison in comparisons_left(idle_since=since):
        compare.delay(comparison.pk)
    for run in runs_not_compared():
        comparing.compare_with_baseline(run=run)
