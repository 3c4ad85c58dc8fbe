"""Whether a difference between two judgments of the same labelled pairs is real. Pure.

The same pairs are judged before and after, so what counts are the pairs that flip: fixed ones become right, broken
ones stop being right. Right and wrong are a matter of the class. Pairs are taken as drawn independently from all
that are searched for; pairs of one query are alike, so that for few queries the answers here are too sure of
themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.binomial import Numbers, arrays, at_most, lower_share, upper_share
from inference.metrics import Interval
from rules.engine.attributes import LevelClass

CONFIDENCE = 0.95
"""Of a hundred differences that are said to be real though nothing differs, there are at most the other five."""
DOUBT = 1 - CONFIDENCE
RESAMPLES = 2000
SEED = 20251203
"""Always the same, so that a comparison has the same intervals whenever it is looked at."""

Cell = tuple[LevelClass, LevelClass, LevelClass]
"""What a pair is labelled with, judged to be before, and judged to be after."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How many of some labelled pairs became right and how many stopped being right."""

    fixed: int
    broken: int
    pairs: int

    @property
    def count(self) -> int:
        """Pairs that became right or wrong."""
        return self.fixed + self.broken

    @property
    def change(self) -> float:
        """By how much the share of the pairs judged right rose; below zero where it fell."""
        return (self.fixed - self.broken) / self.pairs if self.pairs else 0.0

    @property
    def fall(self) -> float:
        """By how much it fell, 0 where it did not."""
        return max(-self.change, 0.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference that was seen, and between which values the true one lies, 95 times of 100."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Differences:
    """After less before, over pairs that both judged."""

    accuracy: Estimate
    macro_f1: Estimate


def mcnemar(flips: Flips) -> float:
    """The chance of flips at least as uneven if nothing got better or worse (McNemar 1947, exact, two-sided).

    Each flip is then as likely a fix as a break: twice the binomial tail of the smaller count, 1 at most.
    """
    return min(1.0, 2 * float(at_most(min(flips.fixed, flips.broken), flips.count, 0.5)))


def lowest_change(flips: Flips, *, doubt: float = DOUBT) -> float:
    """The lower bound of the change in the share judged right: too high in at most `doubt` of all cases.

    The change is the share of pairs that flip times (twice the share of flips that are fixes, less 1). Both shares
    get their exact bound (Clopper and Pearson 1934) at half the doubt, so that both hold at once (Bonferroni). That
    is wider than the bounds of Newcombe (1998) or Tango (1998), and never too sure: without any flip among n pairs it
    is that of n trials without a hit, where resampling would say 0. Without pairs nothing is ruled out: -1.
    """
    return float(lowest_changes(flips.fixed, flips.count, flips.pairs, doubt))


def lowest_changes(fixed: Numbers, count: Numbers, pairs: Numbers, doubt: float) -> Numbers:
    """`lowest_change` of counts that may be arrays; `count` of flips among `pairs`."""
    part = 2 * lower_share(fixed, count, doubt / 2) - 1
    flipping = (upper_share(count, pairs, doubt / 2), lower_share(count, pairs, doubt / 2))
    return part * arrays().where(part < 0, *flipping)


def differences(cells: Mapping[Cell, int]) -> Differences:
    """Change of accuracy and macro F1 with percentile intervals of the paired bootstrap (Efron and Tibshirani 1993).

    Resampling pairs with replacement is drawing how often each cell comes, from NumPy's multinomial distribution.
    Where no pair flips the intervals are empty; `lowest_change` is not.
    """
    seen = arrays().array([list(cells.values())])
    total = int(seen.sum())
    if not total:
        nothing = Estimate(0.0, Interval(-1.0, 1.0))
        return Differences(nothing, nothing)
    drawn = arrays().random.default_rng(SEED).multinomial(total, seen[0] / total, size=RESAMPLES)
    return Differences(
        _estimate(_accuracy_change(cells, seen), _accuracy_change(cells, drawn)),
        _estimate(_macro_f1_change(cells, seen), _macro_f1_change(cells, drawn)),
    )


def p_in_words(p: float) -> str:
    """A chance as people write it: "p = .004", "p < .001"."""
    if p < 0.001:
        return "p < .001"
    return f"p = {p:.{3 if p < 0.1 else 2}f}".replace("0.", ".", 1)


def in_points(share: float) -> str:
    """A share in points of a hundred, to a tenth."""
    return f"{100 * share:.1f}".removesuffix(".0")


def _estimate(seen: Numbers, drawn: Numbers) -> Estimate:
    low, high = arrays().quantile(drawn, [DOUBT / 2, 1 - DOUBT / 2])
    return Estimate(float(seen[0]), Interval(float(low), float(high)))


def _accuracy_change(cells: Mapping[Cell, int], counts: Numbers) -> Numbers:
    gains = [(after is labelled) - (before is labelled) for labelled, before, after in cells]
    return counts @ gains / counts.sum(axis=1)


def _macro_f1_change(cells: Mapping[Cell, int], counts: Numbers) -> Numbers:
    before = [(labelled, was) for labelled, was, _now in cells]
    after = [(labelled, now) for labelled, _was, now in cells]
    return _macro_f1(after, counts) - _macro_f1(before, counts)


def _macro_f1(outcomes: list[tuple[LevelClass, LevelClass]], counts: Numbers) -> Numbers:
    """Mean F1 of the classes: twice the hits, by those labelled and those judged so; 0 where there are neither."""
    np = arrays()
    total = np.zeros(len(counts))
    for name in LevelClass:
        hits = counts @ [labelled is name and judged is name for labelled, judged in outcomes]
        named = counts @ [(labelled is name) + (judged is name) for labelled, judged in outcomes]
        total += 2 * hits / np.maximum(named, 1)
    return total / len(LevelClass)
