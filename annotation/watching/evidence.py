"""Evidence that a person stopped working as asked, which may be looked at after every answer. Pure.

A finding that is tested again and again must not become likelier for being tested often. So each answer multiplies
a stake by how much likelier it is from a bad worker than from a good one. From a good one the stake does not grow
on average, and it is ever 1/d in at most a share d of careers (Ville 1939), without an end to the career.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import erf, exp, inf, log, sqrt

FROM_START = 0.5
"""The part of the stake that is laid at the first answer; the rest is laid bit by bit, for people who change later."""
STEEPNESS = 1.5
"""How steep a fall the trend looks for: about this over four, of the share right, in a hundred answers."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer: whether it is a hit, the chance of one from a person who works, and from ones who do not."""

    hit: bool
    fair: float
    bad: tuple[float, ...]


def stakes(trials: Sequence[Trial]) -> Iterator[float]:
    """The evidence after each trial: a mean over bad workers of each kind who became so at any trial.

    Sound if the true chance of a hit lies on the far side of `fair` from every `bad` one, whatever came before.
    """
    kinds = len(trials[0].bad) if trials else 0
    running = [0.0] * kinds
    for number, trial in enumerate(trials, 1):
        laid = _laid(number)
        running = [(one + laid) * factor for one, factor in zip(running, _factors(trial), strict=True)]
        yield sum(running) / kinds + _left(number)


def trend_evidence(score: float, variance: float) -> float:
    """Evidence for a falling trend: `score` is below 0 for one, and has that `variance` if there is none.

    A mean over how steep the fall is, half a normal distribution (Robbins 1970); a sum of many answers is taken as
    normal.
    """
    spread = 1 + STEEPNESS**2 * variance
    pull = -STEEPNESS * score / sqrt(spread)
    power = pull**2 / 2 + log(max(1 + erf(pull / sqrt(2)), 1e-300)) - log(spread) / 2
    return exp(power) if power < 700 else inf


def peak(evidence: Sequence[float]) -> float:
    """The highest it has been: what a finding rests on does not go away."""
    return max(evidence, default=1.0)


def first_over(evidence: Sequence[float], bound: float) -> int | None:
    """At which place it first was as high as a bound."""
    return next((at for at, one in enumerate(accumulate(evidence, max)) if one >= bound), None)


def _factors(trial: Trial) -> list[float]:
    if trial.hit:
        return [bad / trial.fair for bad in trial.bad]
    return [(1 - bad) / (1 - trial.fair) for bad in trial.bad]


def _laid(number: int) -> float:
    """Half at the first trial, then half of 1/2, 1/6, 1/12 and so on, which add up to one."""
    return FROM_START if number == 1 else (1 - FROM_START) / (number * (number - 1))


def _left(number: int) -> float:
    return (1 - FROM_START) / number
