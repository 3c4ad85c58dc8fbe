"""Counting the queries that are asked, where the deployment wants it (`TRAFFIC_DAYS`).

Nothing here names a person and nothing is decided by it, so that it leaves no event in the audit trail.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from annotation.asked import countable
from annotation.models import AskedQuery

logger = logging.getLogger(__name__)


def note_asked(query: str) -> None:
    """Count a query of a program, where queries are counted. Whoever asked gets their answer whatever goes wrong."""
    words = countable(query) if settings.TRAFFIC_DAYS else ""
    if not words:
        return
    try:
        _count(words)
    except DatabaseError:
        logger.exception("a query could not be counted")


def _count(words: str) -> None:
    today = timezone.localdate()
    rows = AskedQuery.objects.filter(text=words, day=today)
    if rows.update(count=F("count") + 1):
        return
    is_first = not AskedQuery.objects.filter(day=today).exists()
    try:
        with transaction.atomic():
            AskedQuery.objects.create(text=words, day=today)
    except IntegrityError:  # somebody asked the same at this moment
        rows.update(count=F("count") + 1)
    if is_first:
        drop_old_queries()


def drop_old_queries() -> int:
    """Delete the queries that were asked before the days they are kept; all, where none are. How many there were."""
    since = timezone.localdate() - timedelta(days=settings.TRAFFIC_DAYS)
    old = AskedQuery.objects.filter(day__lte=since)
    return old.delete()[0] if old.exists() else 0  # the clock asks every minute: only what is there locks a table
