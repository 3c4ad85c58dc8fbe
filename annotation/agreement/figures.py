"""One figure of agreement with its interval, or why there is none. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from annotation.arrays import Numbers, arrays
from annotation.shares import Interval, wilson
from rules.engine.attributes import gettext_noop

RESAMPLES = 1000
SEED = 20251203
"""Always the same, so that a figure has the same interval whenever it is looked at."""
DOUBT = 0.05


class Reason(StrEnum):
    """Why a figure has no value."""

    ONE_RATER = "one_rater"
    NO_OVERLAP = "no_overlap"
    ONE_VALUE = "one_value"

    @property
    def label(self) -> str:
        """What it says, the key of its translation."""
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.ONE_RATER: gettext_noop("only one person has rated"),
    Reason.NO_OVERLAP: gettext_noop("no pair was rated twice"),
    Reason.ONE_VALUE: gettext_noop("every rating is the same, so that chance agrees as well"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `items` that were rated twice or more.

    `value` is None where it is undefined, and then `reason` says why. `interval` is also None where the items
    cannot tell how sure the value is: there is one, or every draw of them gives the same.
    """

    value: float | None
    interval: Interval | None
    items: int
    reason: Reason | None = None


def nothing(reason: Reason, items: int = 0) -> Figure:
    """A figure without a value."""
    return Figure(None, None, items, reason)


def figure_of(values: Numbers, items: int) -> Figure:
    """The figure whose first value is of the items seen and whose others are of items drawn again.

    The interval is that of the percentiles (Efron and Tibshirani 1993); draws for which the figure is undefined
    are left out. Where everyone agrees, every draw says so too and the interval would be empty; its low end is
    then that of as many items agreed on out of as many (Wilson), as if the others were rated by chance.
    """
    np = arrays()
    seen, drawn = float(values[0]), values[1:]
    if np.isnan(seen):
        return nothing(Reason.ONE_VALUE if items else Reason.NO_OVERLAP, items)
    return Figure(seen, _around(seen, drawn[~np.isnan(drawn)], items), items)


def over(part: Numbers, whole: Numbers) -> Numbers:
    """`part / whole`, not a number where there is nothing to divide by."""
    np = arrays()
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def draws(counts: list[int], resamples: int) -> Numbers:
    """How often each kind of item was seen, and a row for each time that as many items are drawn again."""
    np = arrays()
    seen = np.array([counts], dtype=float)
    total = int(seen.sum())
    if not total or not resamples:
        return seen
    drawn = np.random.default_rng(SEED).multinomial(total, seen[0] / total, size=resamples)
    return np.concatenate([seen, drawn])


def _around(seen: float, drawn: Numbers, items: int) -> Interval | None:
    if not drawn.size:
        return None
    if seen == 1.0:
        return Interval(wilson(items, items).low, 1.0)
    low, high = arrays().quantile(drawn, [DOUBT / 2, 1 - DOUBT / 2])
    return Interval(float(low), float(high)) if low < high else None
