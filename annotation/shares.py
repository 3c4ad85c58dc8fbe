"""A share of some things, and between which shares the true one lies. Pure."""

from dataclasses import dataclass
from math import sqrt

DEVIATIONS = 1.959963984540054
"""How far an interval reaches, in standard deviations: 95 of 100 times it holds the true share."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values the true one lies, 95 times of 100."""

    low: float
    high: float


def wilson(part: int, whole: int) -> Interval:
    """The 95% interval of a share (Wilson 1927), which holds for few pairs and for shares near 0 and 1 as well."""
    if not whole:
        return Interval(0.0, 1.0)
    share, squared = part / whole, DEVIATIONS**2
    middle = share + squared / (2 * whole)
    reach = DEVIATIONS * sqrt(share * (1 - share) / whole + squared / (4 * whole**2))
    scale = 1 + squared / whole
    return Interval(max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0))
