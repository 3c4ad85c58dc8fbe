"""Work for Celery. A task takes ids and may be delivered twice."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from kombu.exceptions import ChannelError, KombuError

from inference.enums import IncomingFrom
from inference.pipeline.case import Case, case_from_json, case_to_json
from inference.selectors.comparisons import comparisons_left, runs_not_compared
from inference.selectors.learning import newest_passage
from inference.selectors.proposal_checks import proposals_due
from inference.selectors.shadows import shadows_on, waiting_items
from inference.services import comparing, judging, learning, pictures, proposal_checks, shadows

logger = logging.getLogger(__name__)

LANES = 16
"""Tasks at work on one run at most, so that many workers share a run and several runs share the workers."""


def tasks_wait() -> bool:
    """Whether tasks are queued that no worker took yet. Where the broker can't say, there may be some."""
    try:
        with current_app.connection_for_read() as connection:
            queue = connection.default_channel.queue_declare(settings.CELERY_TASK_DEFAULT_QUEUE, passive=True)
            return bool(queue.message_count)
    except ChannelError:
        return False  # nothing was ever queued
    except (KombuError, OSError):
        return True


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.judge_batch",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def judge_batch(run_id: int) -> None:
    """Judge one batch of a run, and come back while pairs are left, be they claimed by a worker that may have died."""
    batch = judging.judge_batch(run_id=run_id, others_wait=tasks_wait)
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


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.shadow_pairs",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def shadow_pairs() -> None:
    """Judge a batch of the pairs that came in under every shadow, and come back while others wait."""
    if shadows.judge_waiting():
        shadow_pairs.delay()


@shared_task(name="inference.shadow_case")  # type: ignore[untyped-decorator]
def shadow_case(case: dict[str, Any]) -> None:
    """Judge what the API was asked under every shadow. One that breaks off is lost: nobody waits for it."""
    shadows.judge_incoming(cases=[case_from_json(case)], source=IncomingFrom.API)


def offer_to_shadows(case: Case) -> None:
    """Enqueue what the API was asked, if a shadow is on. Whoever asked is answered, whatever goes wrong here."""
    try:
        if shadows_on().exists():
            shadow_case.apply_async((case_to_json(case),), retry=False)
    except Exception:
        logger.exception("an incoming pair could not be offered to the shadows")


def resume_shadows() -> None:
    """Enqueue the judging of pairs that came in. Called when a worker starts, and now and then."""
    if waiting_items(1):
        shadow_pairs.delay()
