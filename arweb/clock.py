"""What a worker does by the clock: what is scheduled is published, and validity dates that fall due are told."""

import logging

from celery.worker.consumer import Consumer
from django.db import close_old_connections
from django.utils import timezone

from annotation.services.traffic import drop_old_queries
from rules.origin import Channel, Origin, coming_from
from rules.selectors.validity import next_publish_at
from rules.services.schedule import publish_due
from rules.services.validity import tell_validity

MOST_SECONDS = 60.0
"""How long a worker waits at most before it looks again."""

logger = logging.getLogger(__name__)


def tick(consumer: Consumer) -> None:
    """What the worker's timer calls, in a thread whose connection may have gone stale."""
    close_old_connections()
    keep_time(consumer)
    close_old_connections()


def keep_time(consumer: Consumer) -> None:
    """Do what is due, and come back when the next thing is. Whatever goes wrong, the clock goes on."""
    try:
        seconds = do_what_is_due()
    except Exception:
        logger.exception("what is due could not be looked at")
        seconds = MOST_SECONDS
    consumer.timer.call_after(seconds, tick, (consumer,))


@coming_from(Origin(Channel.TASK, "clock"))
def do_what_is_due() -> float:
    """Publish what is scheduled, tell what became valid, drop queries kept long enough; the seconds until it is worth looking again."""
    for release in publish_due():
        logger.info("release %s was published on schedule", release.number)
    tell_validity()
    drop_old_queries()
    return seconds_left()


def seconds_left() -> float:
    """Until the next time that something is to be published, a minute at most."""
    moment = next_publish_at()
    seconds = (moment - timezone.now()).total_seconds() if moment else MOST_SECONDS
    return min(max(seconds, 0), MOST_SECONDS)
