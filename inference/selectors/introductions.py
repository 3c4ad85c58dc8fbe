"""What rules fixed and broke when they came into force, by the stored comparisons of runs of those releases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, Min

from annotation.models import Benchmark
from inference.comparison import Change
from inference.enums import ComparisonState
from inference.flips import FlipTotals, RuleTotals
from inference.models import Comparison
from inference.selectors.flips import flips_by_rule
from inference.selectors.runs import standing_runs
from rules.models import Release, ReleaseEntry

MOST_RELEASES = 12
"""Releases that are looked into at once, the newest first."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a version of a rule did on a benchmark when it came into force: by `comparison`."""

    totals: RuleTotals
    comparison: Comparison

    @property
    def fixed(self) -> int:
        """Pairs it fixed, alone or with others."""
        return self._count(Change.FIXED)

    @property
    def broken(self) -> int:
        """Pairs it broke, alone or with others."""
        return self._count(Change.BROKEN)

    def _count(self, change: Change) -> int:
        return self.totals.alone[change] + self.totals.jointly[change]


def introductions(*, release: Release, benchmark: Benchmark, numbers: Collection[int]) -> dict[int, Introduction]:
    """What the versions in a release of some rules did when they came; those of which no comparison tells are left out."""
    came = _came_with(release, numbers)
    compared = _compared(sorted(set(came.values()), reverse=True)[:MOST_RELEASES], benchmark)
    done = {one: flips_by_rule(comparison).totals for one, comparison in compared.items()}
    return {
        number: _introduction(number, done[one], compared[one])
        for number, one in came.items()
        if one in done and not done[one].judge_moved
    }


def _introduction(number: int, totals: FlipTotals, comparison: Comparison) -> Introduction:
    line = next((line for line in totals.rules if line.number == number), RuleTotals(number))
    return Introduction(line, comparison)


def _came_with(release: Release, numbers: Collection[int]) -> Mapping[int, int]:
    """The number of the first release that had the version, by rule."""
    versions = ReleaseEntry.objects.filter(release=release, rule__number__in=numbers).values("version")
    entries = ReleaseEntry.objects.filter(version__in=versions).order_by()
    return dict(entries.values_list("rule__number").annotate(first=Min("release__number")))


def _compared(releases: Collection[int], benchmark: Benchmark) -> dict[int, Comparison]:
    """For each release the comparison of its first run with the run of the release that it builds on."""
    runs = standing_runs().filter(benchmark=benchmark, release__number__in=releases)
    against = Comparison.objects.filter(after__in=runs, before=F("after__baseline"), state=ComparisonState.READY)
    found = against.filter(before__release=F("after__release__base")).select_related(
        *(f"{side}__{name}" for side in ("before", "after") for name in ("release", "config"))
    )
    return {one.after.release.number: one for one in found.order_by("-after")}
