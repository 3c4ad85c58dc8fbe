"""Whether a person gets worse from the beginning of a sitting to its end. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

from annotation.shares import DEVIATIONS, Interval
from annotation.watching.evidence import trend_evidence
from annotation.watching.findings import Answer

FEWEST = 10
"""Answers with something to compare that make a sitting."""
STEP = 100.0
"""Answers in which a change is told."""


@dataclass(frozen=True, slots=True)
class Point:
    """One answer of a sitting: how many came before it, in hundreds, and what is looked at in it."""

    place: float
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A change in a hundred answers of a sitting, over all sittings, with its 95% interval. `evidence` is of a fall."""

    change: float
    interval: Interval
    evidence: float
    answers: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What sittings add up to: the score of the trend, its variance if there is none, and how far places spread."""

    score: float = 0.0
    variance: float = 0.0
    spread: float = 0.0
    answers: int = 0


def sittings(answers: Sequence[Answer], gap: float) -> Iterator[tuple[int, int]]:
    """Where each sitting begins and ends in answers that are in their order."""
    begin = 0
    for at in range(1, len(answers) + 1):
        if at == len(answers) or answers[at].at - answers[at - 1].at > gap:
            yield begin, at
            begin = at


def added(sums: Sums, points: Sequence[Point]) -> Sums:
    """The sums with one sitting more. Variance is that of the same values in any order; a short sitting adds nothing."""
    if len(points) < FEWEST:
        return sums
    place, value = _mean([one.place for one in points]), _mean([one.value for one in points])
    score = sum((one.place - place) * (one.value - value) for one in points)
    across, along = sum((one.value - value) ** 2 for one in points), sum((one.place - place) ** 2 for one in points)
    variance = across * along / (len(points) - 1)
    return Sums(sums.score + score, sums.variance + variance, sums.spread + along, sums.answers + len(points))


def trend_of(sums: Sums) -> Trend | None:
    """The trend that sums show; None where nothing differs in place or in value."""
    if not sums.variance:
        return None
    change, reach = sums.score / sums.spread, DEVIATIONS * sqrt(sums.variance) / sums.spread
    evidence = trend_evidence(sums.score, sums.variance)
    return Trend(change, Interval(change - reach, change + reach), evidence, sums.answers)


def pace(answers: Sequence[Answer], gap: float) -> Trend | None:
    """How the time per answer changes, in natural logarithms: -.69 is half the time a hundred answers later."""
    sums = Sums()
    for begin, end in sittings(answers, gap):
        timed = ((at, answers[at].seconds) for at in range(begin, end))
        sums = added(sums, [Point((at - begin) / STEP, log(took)) for at, took in timed if took and took > 0])
    return trend_of(sums)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
