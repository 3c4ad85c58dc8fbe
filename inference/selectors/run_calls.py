"""What the calls of runs to served models came to: tokens, cost, time, and what went wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.utils import timezone

from inference.enums import RunState
from inference.models import ModelEndpoint, ModelReply, Run
from inference.selectors.endpoints import cost_of
from inference.selectors.runs import kept_as

SLOW_SHARE = 0.95
FRESH = 5
"""Seconds that the counts of a run are kept that has not finished: its page asks every second."""


@dataclass(slots=True)
class Asked:
    """What one endpoint was asked: tokens read, of these from the server's cache, and written."""

    read: int = 0
    cached: int = 0
    written: int = 0


@dataclass(slots=True)
class Counts:
    """Replies of one run, counted. `timed` calls took `milliseconds` in all, the last attempt of each; the others were
    never sent. `slow` is what the 95th of 100 takes.
    """

    calls: int = 0
    attempts: int = 0
    timed: int = 0
    milliseconds: float = 0.0
    slow: float = 0.0
    repairs: int = 0
    repaired: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    asked: defaultdict[int, Asked] = field(default_factory=lambda: defaultdict(Asked))


@dataclass(frozen=True, slots=True)
class Calls:
    """What a run asked and what that cost at the present prices of its endpoints; None where none of them has a price.

    `seconds` is the time from launch to end, or to now.
    """

    counts: Counts
    cost: Decimal | None
    seconds: float

    @property
    def calls(self) -> int:
        """Requests, each with all its attempts."""
        return self.counts.calls

    @property
    def retries(self) -> int:
        """Attempts behind the first of a call."""
        return max(self.counts.attempts - self.counts.timed, 0)

    @property
    def read(self) -> int:
        """Tokens that the models read."""
        return sum(one.read for one in self.counts.asked.values())

    @property
    def cached(self) -> int:
        """Of these, those that the servers had in their cache."""
        return sum(one.cached for one in self.counts.asked.values())

    @property
    def written(self) -> int:
        """Tokens that the models wrote."""
        return sum(one.written for one in self.counts.asked.values())

    @property
    def cache_share(self) -> float | None:
        """The share of the tokens read that came from a cache; None where nothing was read."""
        return self.cached / self.read if self.read else None

    @property
    def mean(self) -> float | None:
        """Milliseconds of a call, on average; None where none was sent."""
        return self.counts.milliseconds / self.counts.timed if self.counts.timed else None

    @property
    def rate(self) -> float:
        """Calls a second, from launch to end."""
        return self.calls / self.seconds if self.seconds else 0.0

    @property
    def failed(self) -> int:
        """Calls without a reply that could be used."""
        return self.counts.failures.total()

    def over(self, pairs: int) -> float | None:
        """Seconds of calls for each of so many pairs; None for none."""
        return self.counts.milliseconds / 1000 / pairs if pairs else None


def calls_of(runs: Iterable[Run], *, slow: bool = False) -> dict[int, Calls]:
    """What some runs asked, by run, in two queries however many there are; a finished run is counted once.

    With `slow` two more for each run.
    """
    listed = list(runs)
    names = {run.pk: f"run-calls-{kept_as(run)}-{run.state}-{int(slow)}" for run in listed}
    kept: dict[str, Counts] = cache.get_many(names.values())
    counts = {pk: kept[name] for pk, name in names.items() if name in kept}
    fresh = _counted([run for run in listed if run.pk not in counts])
    for run in listed:
        if run.pk in fresh:
            fresh[run.pk].slow = _slow(run, fresh[run.pk].timed) if slow else 0.0
            cache.set(names[run.pk], fresh[run.pk], timeout=None if run.state == RunState.FINISHED else FRESH)
    counts |= fresh
    endpoints = ModelEndpoint.objects.in_bulk({pk for one in counts.values() for pk in one.asked})
    return {run.pk: Calls(counts[run.pk], _cost(counts[run.pk], endpoints), _seconds(run)) for run in listed}


def _counted(runs: list[Run]) -> dict[int, Counts]:
    found = {run.pk: Counts() for run in runs}
    grouped = ModelReply.objects.filter(run__in=runs).order_by().values("run_id", "endpoint_id", "failure", "repairs")
    sums = {name: Sum(f"{name}_tokens") for name in ("prompt", "cached", "completion")}
    took = {"took": Sum("milliseconds"), "timed": Count("pk", filter=Q(milliseconds__gt=0)), "tries": Sum("attempts")}
    for row in grouped.annotate(calls=Count("pk"), **sums, **took) if runs else ():
        _add(found[row["run_id"]], **row)
    return found


def _add(
    counts: Counts,
    *,
    endpoint_id: int,
    failure: str,
    repairs: bool,
    calls: int,
    prompt: int,
    cached: int,
    completion: int,
    took: float,
    timed: int,
    tries: int,
    **_run: int,
) -> None:
    """Count replies that are alike."""
    counts.calls += calls
    counts.attempts += tries
    counts.timed += timed
    counts.milliseconds += took
    counts.repairs += calls if repairs else 0
    counts.repaired += calls if repairs and not failure else 0
    if failure:
        counts.failures[failure] += calls
    asked = counts.asked[endpoint_id]
    asked.read, asked.cached, asked.written = asked.read + prompt, asked.cached + cached, asked.written + completion


def _slow(run: Run, timed: int) -> float:
    """What the call takes than which one in twenty takes longer, found in the index."""
    if not timed:
        return 0.0
    longest = ModelReply.objects.filter(run=run, milliseconds__gt=0).order_by("-milliseconds")
    faster = timed - ceil(SLOW_SHARE * timed)
    found: list[float] = list(longest.values_list("milliseconds", flat=True)[faster : faster + 1])
    return found[0] if found else 0.0


def _cost(counts: Counts, endpoints: dict[int, ModelEndpoint]) -> Decimal | None:
    priced = [pk for pk in counts.asked if endpoints[pk].price_read or endpoints[pk].price_written]
    asked = ((endpoints[pk], counts.asked[pk]) for pk in priced)
    return sum((cost_of(one, read=n.read, written=n.written) for one, n in asked), Decimal()) if priced else None


def _seconds(run: Run) -> float:
    until: datetime = run.finished_at or timezone.now()
    return (until - run.created_at).total_seconds()
