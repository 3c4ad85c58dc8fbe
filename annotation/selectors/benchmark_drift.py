"""What shoppers asked for lately beside what a benchmark release holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.drift import Drift, drift_of, pieces
from annotation.enums import QueuedOrigin
from annotation.models import BadCase, BenchmarkRelease, Pair, QueuedPair
from annotation.selectors.benchmark_rows import attributes_in, category_in
from annotation.selectors.traffic import asked_since, is_counted

DAYS = 30
MOST_PAIRS = 20_000
"""The newest pairs that are looked at on either side."""
KNOWN = 0.8
"""Queries are compared by category where at least this share of either side has one."""
CATEGORY, PIECES = "category", "pieces"
FIELDS = ("query__text", "product__given", "product__parsed")


@dataclass(frozen=True, slots=True)
class RecentDrift:
    """How far the queries of the last `days` are from those of a release, compared by category or by pieces."""

    days: int
    by: str
    drift: Drift


def recent_drift(release: BenchmarkRelease) -> RecentDrift:
    """Compare a release with the pairs that came in, were reported or were queued from traffic in the last days.

    Where queries that are asked are counted, those of these days are recent ones too, each once. Pairs of the release
    itself are left out, unless their query was asked. The category is the product's own on both sides: what people call it
    when they queue or report a pair is not told in the same words everywhere.
    """
    recent = _recent_pairs(timezone.now() - timedelta(days=DAYS)).exclude(pk__in=release.rows.values("pair"))
    sides = [_by_query(Pair.objects.filter(pk__in=release.rows.values("pair"))), _by_query(recent) | _asked()]
    if all(_share_known(side.values()) >= KNOWN for side in sides):
        told = [[(name,) if name else () for name in side.values()] for side in sides]
        return RecentDrift(DAYS, CATEGORY, drift_of(*told))
    words = [[pieces(query) for query in side] for side in sides]
    return RecentDrift(DAYS, PIECES, drift_of(*words))


def _recent_pairs(since: datetime) -> QuerySet[Pair]:
    queued = QueuedPair.objects.filter(
        created_at__gte=since, origin__in=[QueuedOrigin.TRAFFIC, QueuedOrigin.CASE]
    ).values("pair")
    reported = BadCase.objects.filter(reported_at__gte=since).values("pair")
    return Pair.objects.filter(Q(created_at__gte=since) | Q(pk__in=queued) | Q(pk__in=reported))


def _asked() -> dict[str, str]:
    """The queries that were asked, the newest, with the category of their pairs where they have any."""
    rows = asked_since(DAYS).order_by("-day", "-count", "text").values_list("text", flat=True)
    asked = dict.fromkeys(rows[:MOST_PAIRS], "") if is_counted() else {}
    pairs = Pair.objects.filter(Exists(asked_since(DAYS).filter(text=OuterRef("query__text"))))
    return asked | _by_query(pairs) if asked else {}


def _by_query(pairs: QuerySet[Pair]) -> dict[str, str]:
    """The queries of pairs, each with the category that most of its products have; empty where none has one."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for query, given, parsed in pairs.order_by("-pk").values_list(*FIELDS)[:MOST_PAIRS]:
        category = category_in(attributes_in(given, parsed))
        counts[query][category] += bool(category)
    return {query: min(told, key=lambda name: (-told[name], name)) for query, told in counts.items()}


def _share_known(categories: Iterable[str]) -> float:
    found = list(categories)
    return sum(map(bool, found)) / len(found) if found else 0
