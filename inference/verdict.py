"""The answer of a comparison in words that hold: better, worse, or no difference shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inference.power import smallest_seen
from inference.significance import DOUBT, Cell, Differences, Flips, differences, in_points, mcnemar, p_in_words
from rules.engine.attributes import LevelClass

ALONE = 0.001
"""Below this p a class fell though nothing is shown of the whole. Strict, so that with three more looks still at most
5 of 100 comparisons in which nothing differs are called different."""

Outcome = tuple[LevelClass | None, LevelClass | None, LevelClass | None]
"""What a pair is labelled with, and judged to be before and after; None is no label, or a failed judgment."""


class Word(StrEnum):
    """What a comparison amounts to."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no difference"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What became of the pairs labelled with one class. `fell`: more broke than were fixed, and not by chance."""

    name: LevelClass
    flips: Flips
    p: float
    fell: bool

    @property
    def points(self) -> str:
        """By how many points of a hundred it fell."""
        return in_points(self.flips.fall)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `cells` are the pairs that have a label and were judged both times; only those count.

    `undecided` pairs failed before or after, `unlabelled` ones have no label: both are left out.
    """

    cells: Mapping[Cell, int]
    flips: Flips
    p: float
    classes: tuple[ClassChange, ...]
    undecided: int = 0
    unlabelled: int = 0

    @property
    def differences(self) -> Differences:
        """The change of accuracy and macro F1 that was seen, with intervals. Takes some milliseconds."""
        return differences(self.cells)

    @property
    def smallest(self) -> float | None:
        """The least change of accuracy that so many pairs show with the power (`inference.power.POWER`), if any."""
        return smallest_seen(self.flips)

    @property
    def word(self) -> Word:
        """The answer in a word: a difference is real where chance would make one as large less than 5 times of 100."""
        if not self.flips.pairs:
            return Word.NOTHING
        if self.p >= DOUBT:
            return Word.NO_DIFFERENCE
        return Word.BETTER if self.flips.change > 0 else Word.WORSE

    @property
    def is_different(self) -> bool:
        """Whether anything is called different: the whole, or a class that fell."""
        return self.word in (Word.BETTER, Word.WORSE) or bool(self.fallen)

    @property
    def fallen(self) -> tuple[ClassChange, ...]:
        """The classes that fell."""
        return tuple(one for one in self.classes if one.fell)

    @property
    def lower(self) -> tuple[ClassChange, ...]:
        """The classes of which more pairs broke than were fixed, be it by chance."""
        return tuple(one for one in self.classes if one.flips.fall > 0)

    @property
    def p_words(self) -> str:
        """`p` as people write it."""
        return p_in_words(self.p)

    @property
    def smallest_words(self) -> str:
        """`smallest` in points of a hundred, to two figures; empty where no change would be shown."""
        points = 100 * (self.smallest or 0)
        return f"{points:.0f}" if points >= 10 else f"{points:.2g}" if points else ""


def verdict_of(outcomes: Mapping[Outcome, int]) -> Verdict:
    """The answer of a comparison, given how many of its pairs had each outcome."""
    cells: dict[Cell, int] = {}
    undecided = unlabelled = 0
    for (labelled, was, now), n in outcomes.items():
        if labelled is None:
            unlabelled += n
        elif was is None or now is None:
            undecided += n
        else:
            cells[labelled, was, now] = n
    flips = flips_of(cells)
    p = mcnemar(flips)
    return Verdict(cells, flips, p, class_changes(cells, p=p), undecided, unlabelled)


def class_changes(cells: Mapping[Cell, int], *, p: float) -> tuple[ClassChange, ...]:
    """What became of each class, where `p` is that of the whole.

    Where the whole differs the doubt is shared among the classes (Bonferroni); where it does not, see `ALONE`.
    """
    doubt = DOUBT / len(LevelClass) if p < DOUBT else ALONE
    found = ((name, flips_of({cell: n for cell, n in cells.items() if cell[0] is name})) for name in LevelClass)
    return tuple(_class_change(name, flips, doubt) for name, flips in found)


def flips_of(cells: Mapping[Cell, int]) -> Flips:
    """How many pairs became right and how many stopped being right."""
    fixed = sum(n for (labelled, was, now), n in cells.items() if was is not labelled and now is labelled)
    broken = sum(n for (labelled, was, now), n in cells.items() if was is labelled and now is not labelled)
    return Flips(fixed, broken, sum(cells.values()))


def _class_change(name: LevelClass, flips: Flips, doubt: float) -> ClassChange:
    p = mcnemar(flips)
    return ClassChange(name, flips, p, fell=flips.fall > 0 and p < doubt)
