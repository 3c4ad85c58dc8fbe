"""What rules fixed and broke when they came into force, by the runs that were made of those releases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, Min

from annotation.models import Benchmark
from inference.comparison import Change
from inference.enums import RunState
from inference.flips import FlipTotals, RuleTotals
from inference.models import Run
from inference.selectors.flips import flips_by_rule
from inference.selectors.runs import standing_runs
from rules.models import Release, ReleaseEntry

MOST_RELEASES = 12
"""Releases that are looked into at once, the newest first."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a version of a rule did on a benchmark when it came into force: in `run`, held against its baseline."""

    totals: RuleTotals
    run: Run

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
    """What the versions in a release of some rules did when they came; those of which no run tells are left out."""
    came = _came_with(release, numbers)
    newest = sorted(set(came.values()), reverse=True)[:MOST_RELEASES]
    runs = _first_runs(newest, benchmark)
    done = {one: flips_by_rule(run.baseline, run).totals for one, run in runs.items() if run.baseline}
    return {
        number: _introduction(number, done[one], runs[one])
        for number, one in came.items()
        if one in done and not done[one].judge_moved
    }


def _introduction(number: int, totals: FlipTotals, run: Run) -> Introduction:
    line = next((line for line in totals.rules if line.number == number), RuleTotals(number))
    return Introduction(line, run)


def _came_with(release: Release, numbers: Collection[int]) -> Mapping[int, int]:
    """The number of the first release that had the version, by rule."""
    versions = ReleaseEntry.objects.filter(release=release, rule__number__in=numbers).values("version")
    entries = ReleaseEntry.objects.filter(version__in=versions).order_by()
    return dict(entries.values_list("rule__number").annotate(first=Min("release__number")))


def _first_runs(releases: Collection[int], benchmark: Benchmark) -> dict[int, Run]:
    """The first run that holds each release against the one it builds on."""
    runs = standing_runs().filter(benchmark=benchmark, state=RunState.FINISHED, release__number__in=releases)
    against = runs.filter(baseline__state=RunState.FINISHED, baseline__release=F("release__base"))
    found = against.select_related("release", "config", "baseline__release", "baseline__config").order_by("-pk")
    return {run.release.number: run for run in found}
