"""Benchmarks: their composition and their labelled pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from annotation.models import Benchmark, BenchmarkPair
from annotation.selectors.catalogue import WORDS_SEARCHED
from rules.engine.attributes import Level


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many pairs of a benchmark are labelled with a level."""

    level: Level
    pairs: int


@dataclass(frozen=True, slots=True)
class BenchmarkSummary:
    """A benchmark with its composition."""

    benchmark: Benchmark
    levels: tuple[LevelCount, ...]

    @property
    def pairs(self) -> int:
        """All labelled pairs."""
        return sum(count.pairs for count in self.levels)

    @property
    def largest(self) -> int:
        """The pairs of the most frequent level."""
        return max((count.pairs for count in self.levels), default=0)


def benchmark_list() -> QuerySet[Benchmark]:
    """Every benchmark, the newest first."""
    return Benchmark.objects.order_by("-id")


def summarised(benchmarks: Iterable[Benchmark]) -> list[BenchmarkSummary]:
    """Benchmarks with the counts of their levels, in one query more."""
    rows = list(benchmarks)
    counts = level_counts(rows)
    return [
        BenchmarkSummary(row, tuple(LevelCount(level, counts.get((row.pk, level.value), 0)) for level in Level))
        for row in rows
    ]


def level_counts(benchmarks: list[Benchmark]) -> Mapping[tuple[int, str], int]:
    """Labelled pairs, by benchmark and level."""
    rows = (
        BenchmarkPair.objects.filter(benchmark__in=benchmarks)
        .order_by()
        .values_list("benchmark_id", "label__level")
        .annotate(pairs=Count("id"))
    )
    return {(benchmark, level): pairs for benchmark, level, pairs in rows}


def labelled_pairs(
    benchmark: Benchmark, *, level: str = "", text: str = "", must_hold: bool = False
) -> QuerySet[BenchmarkPair]:
    """The pairs of a benchmark with their labels, by level, by words of query or title, or those that must hold."""
    members = benchmark.members.select_related("pair__query", "pair__product", "label").order_by("id")
    if must_hold:
        members = members.filter(must_hold=True)
    if level:
        members = members.filter(label__level=level)
    for word in text.split()[:WORDS_SEARCHED]:
        members = members.filter(
            Q(pair__query__text__icontains=word)
            | Q(pair__product__title__icontains=word)
            | Q(pair__external_id__iexact=word)
        )
    return members
