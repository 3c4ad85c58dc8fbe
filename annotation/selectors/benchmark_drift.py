"""What shoppers asked for lately beside what a benchmark release holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotation.drift import Drift, drift_of, pieces
from annotation.enums import QueuedOrigin
from annotation.models import BadCase, BenchmarkRelease, Pair, QueuedPair
from annotation.selectors.benchmark_rows import attributes_in, category_in

DAYS = 30
MOST_PAIRS = 20_000
"""The newest pairs that are looked at."""
KNOWN = 0.8
"""Queries are compared by category where at least this share of either side has one."""
CATEGORY, PIECES = "category", "pieces"
FIELDS = ("pk", "query__text", "product__given", "product__parsed")


@dataclass(frozen=True, slots=True)
class RecentDrift:
    """How far the queries of the last `days` are from those of a release, compared by category or by pieces."""

    days: int
    by: str
    drift: Drift


def recent_drift(release: BenchmarkRelease) -> RecentDrift:
    """Compare a release with the pairs that came in, were reported or were queued from traffic in the last days.

    Pairs of the release itself are left out.
    """
    released = _by_query(release.rows.values_list("pair__query__text", "category"))
    recent = _recent(release, timezone.now() - timedelta(days=DAYS))
    if _share_known(released.values()) >= KNOWN and _share_known(recent.values()) >= KNOWN:
        told = [[(name,) if name else () for name in side.values()] for side in (released, recent)]
        return RecentDrift(DAYS, CATEGORY, drift_of(*told))
    words = [[pieces(query) for query in side] for side in (released, recent)]
    return RecentDrift(DAYS, PIECES, drift_of(*words))


def _recent(release: BenchmarkRelease, since: datetime) -> dict[str, str]:
    """Recent queries with their category."""
    pairs = _recent_pairs(since).exclude(pk__in=release.rows.values("pair"))
    rows = list(pairs.order_by("-pk").values_list(*FIELDS)[:MOST_PAIRS])
    said = _said_categories(since)
    return _by_query(
        (query, said.get(pk) or category_in(attributes_in(given, parsed))) for pk, query, given, parsed in rows
    )


def _recent_pairs(since: datetime) -> QuerySet[Pair]:
    queued = QueuedPair.objects.filter(
        created_at__gte=since, origin__in=[QueuedOrigin.TRAFFIC, QueuedOrigin.CASE]
    ).values("pair")
    reported = BadCase.objects.filter(reported_at__gte=since).values("pair")
    return Pair.objects.filter(Q(created_at__gte=since) | Q(pk__in=queued) | Q(pk__in=reported))


def _said_categories(since: datetime) -> dict[int, str]:
    """The categories that somebody said of pairs: of bad cases, or where they were queued."""
    found = dict(BadCase.objects.filter(reported_at__gte=since).exclude(category="").values_list("pair", "category"))
    return found | dict(
        QueuedPair.objects.filter(created_at__gte=since).exclude(category="").values_list("pair", "category")
    )


def _by_query(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Each query with the category that most of its pairs have; one without any has none."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for query, category in rows:
        counts[query][category] += bool(category)
    return {query: min(told, key=lambda name: (-told[name], name)) for query, told in counts.items()}


def _share_known(categories: Iterable[str]) -> float:
    found = list(categories)
    return sum(map(bool, found)) / len(found) if found else 0
