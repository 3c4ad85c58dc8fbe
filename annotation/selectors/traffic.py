"""Which queries were asked lately."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.models import AskedQuery, Pair, Query


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many different queries were asked, and of how many of them the catalogue has a pair."""

    queries: int
    with_pair: int


def is_counted() -> bool:
    """Whether this deployment counts the queries that are asked."""
    return bool(settings.TRAFFIC_DAYS)


def asked_since(days: int) -> QuerySet[AskedQuery]:
    """The queries asked in the last days, today among them; none older than they are kept."""
    kept = min(days, settings.TRAFFIC_DAYS)
    return AskedQuery.objects.filter(day__gt=timezone.localdate() - timedelta(days=kept))


def asked_pairs(days: int) -> Q:
    """The pairs whose query was asked in the last days; where queries are not counted, whose query came in since."""
    if not is_counted():
        return Q(query__created_at__gte=timezone.now() - timedelta(days=days))
    return Q(Exists(asked_since(days).filter(text=OuterRef("query__text"))))


def traffic(days: int) -> Traffic:
    """How many queries were asked in the last days."""
    paired = Query.objects.filter(Exists(Pair.objects.filter(query=OuterRef("pk"))), text=OuterRef("text"))
    rows = asked_since(days).aggregate(
        queries=Count("text", distinct=True), with_pair=Count("text", distinct=True, filter=Q(Exists(paired)))
    )
    return Traffic(rows["queries"], rows["with_pair"])
