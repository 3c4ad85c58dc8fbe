"""Pairs that may be put in a queue: those of bad cases, and those whose level is known from another benchmark."""

from django.db.models import Exists, OuterRef

from annotation.enums import OPEN_CASES
from annotation.models import BadCase, Benchmark, BenchmarkPair, QueuedPair


def case_ids(*, open_only: bool) -> list[int]:
    """The bad cases, or those that wait for somebody."""
    cases = BadCase.objects.order_by("pk")
    return list((cases.filter(state__in=OPEN_CASES) if open_only else cases).values_list("pk", flat=True))


def known_levels(source: Benchmark, *, without: Benchmark, size: int) -> dict[int, str]:
    """The levels of `size` pairs of a benchmark by pair, at random, none that the queue `without` holds already."""
    there = QueuedPair.objects.filter(benchmark=without, pair=OuterRef("pair"))
    rows = BenchmarkPair.objects.filter(~Exists(there), benchmark=source).order_by("?")
    return dict(rows.values_list("pair", "label__level")[:size])
