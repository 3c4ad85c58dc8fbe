"""How many pairs it takes: what a comparison could have seen, and what would settle an open question. Pure."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isqrt, log, log1p

from inference.binomial import Numbers, arrays, at_least, exactly, quantile, upper_share
from inference.significance import DOUBT, Flips

POWER = 0.8
"""How often what is there to be seen is seen, of all times."""
MOST = 10_000_000
"""More pairs than this are no answer."""
REACH = 6
"""How far around its mean a count is looked at, in standard deviations; what lies beyond has no weight."""
ADDED_FLIPS, ADDED_PAIRS = 0.25, 5
"""What is added to the pairs seen before a rate is taken of them, so that of few pairs no rate is 0 or 1."""
NEAR = 100
"""What is searched for is found to one part in so many."""
LOOKED_AT = 200
"""Numbers of hits that are looked at, at most."""


@lru_cache(maxsize=512)
def smallest_seen(flips: Flips) -> float | None:
    """The smallest change of accuracy that `mcnemar` would have called real with the power, given this many pairs.

    As many pairs flip back and forth as did. None where not even a change of every pair would do.
    """
    noise = flips.count / flips.pairs if flips.pairs else 0.0
    low, high = 0.0, 1.0
    if power_to_see(high, noise=noise, pairs=flips.pairs) < POWER:
        return None
    while high - low > high / NEAR:
        middle = (low + high) / 2
        if power_to_see(middle, noise=noise, pairs=flips.pairs) < POWER:
            low = middle
        else:
            high = middle
    return high


def power_to_see(change: float, *, noise: float, pairs: int) -> float:
    """How often `mcnemar` calls a true change of accuracy real, in its direction.

    The share `noise` of the pairs flips, both ways alike, whatever is changed; the pairs that the change turns come on
    top. Exact, as Connor (1987) before he approximates: over every number of flips, and of fixes among them.
    """
    rate = min(noise + change, 1.0)
    flipping = _likely(pairs, rate)
    needed = quantile(1 - DOUBT / 2, flipping.hits, 0.5) + 1
    part = (1 + min(change / rate, 1.0)) / 2 if rate else 0.5
    return flipping.mean_of(at_least(needed, flipping.hits, part))


@lru_cache(maxsize=512)
def pairs_to_settle(flips: Flips, *, fall: float) -> int | None:
    """How many more labelled pairs it takes until a `fall` of the share judged right is ruled out, with the power.

    "Ruled out" is `lowest_change` above it. The pairs to come are taken to flip as often as those seen did, and to be
    fixed as often, but never more seldom than broken: nothing settles that a harmful change does no harm.
    0 if the fall is ruled out already; None where no number would do.
    """
    if flips.pairs and power_to_settle(flips, more=0, fall=fall) == 1:
        return 0
    most = 1
    while power_to_settle(flips, more=most, fall=fall) < POWER:
        most *= 2
        if most > MOST:
            return None
    low, high = most // 2, most
    while high - low > max(1, high // NEAR):
        middle = (low + high) // 2
        if power_to_settle(flips, more=middle, fall=fall) < POWER:
            low = middle
        else:
            high = middle
    return high


def least_pairs(fall: float) -> int:
    """How many pairs rule out a fall when none of them flips: fewer never do."""
    return ceil(log(DOUBT / 2) / log1p(-fall)) if fall < 1 else 1


def power_to_settle(flips: Flips, *, more: int, fall: float) -> float:
    """How often the `fall` is ruled out once so many more pairs are labelled, given those that already are."""
    rate = (flips.count + ADDED_FLIPS) / (flips.pairs + ADDED_PAIRS)
    part = max((flips.fixed + 0.5) / (flips.count + 1), 0.5)
    coming = _likely(more, rate)
    needed = _fixes_needed(flips.count + coming.hits, flips.pairs + more, fall) - flips.fixed
    return coming.mean_of(at_least(needed, coming.hits, part))


def _fixes_needed(count: Numbers, pairs: int, fall: float) -> Numbers:
    """How many of so many flips must be fixes for `lowest_change` to lie above the fall.

    Below zero it is the upper bound of the share that flips times (twice the lower bound of the share of fixes,
    less 1): solved for the latter, and that for the fewest fixes it belongs to.
    """
    np = arrays()
    share = (1 - fall / upper_share(count, pairs, DOUBT / 2)) / 2
    needed = quantile(1 - DOUBT / 2, count, np.clip(share, 0, 1)) + 1
    return np.where(share <= 0, 0, needed)


@dataclass(frozen=True, slots=True)
class _Likely:
    """Numbers of hits, and how likely each is; together they carry all the weight."""

    hits: Numbers
    chances: Numbers

    def mean_of(self, values: Numbers) -> float:
        """The mean of a value for each number of hits."""
        return float(arrays().sum(self.chances * values) / arrays().sum(self.chances))


@lru_cache(maxsize=64)
def _likely(trials: int, chance: float) -> _Likely:
    """The numbers of hits around the mean; of very many, evenly spaced ones stand for those between."""
    mean, reach = round(trials * chance), REACH * (isqrt(round(trials * chance * (1 - chance))) + 1)
    low, high = max(mean - reach, 0), min(mean + reach, trials)
    hits = arrays().arange(low, high + 1, ceil((high - low + 1) / LOOKED_AT))
    return _Likely(hits, exactly(hits, trials, chance))
