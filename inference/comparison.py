"""Two runs over the same pairs, a row a pair: fixed, broken, changed, same, undecided. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from inference.metrics import Scores, scores_of
from rules.engine.attributes import Level, LevelClass


class Change(StrEnum):
    """What became of a pair. Right and wrong are a matter of the class, since that is what evaluation counts."""

    FIXED = "fixed"
    BROKEN = "broken"
    CHANGED = "changed"
    SAME = "same"
    UNDECIDED = "undecided"


MOVED = (Change.BROKEN, Change.FIXED, Change.CHANGED)
"""Changes of a level, the ones to look at first in front."""
ORDER = (*MOVED, Change.UNDECIDED, Change.SAME)

Levels = tuple[Level | None, Level | None, Level | None]
"""What a pair is labelled with, and judged to be before and after; None is no label, or a failed judgment."""
Classes = tuple[LevelClass | None, LevelClass | None, LevelClass | None]
"""The same as classes."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one run said of a pair: its level, None where it failed; the label, None without; a digest of its texts.

    Texts whose digest is blank are not known, and taken for the same as any.
    """

    level: Level | None
    expected: Level | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One pair in both runs; None is a failed judgment, or no label."""

    pair: int
    before: Level | None
    after: Level | None
    expected: Level | None

    @property
    def change(self) -> Change:
        """What became of it."""
        return change_of(self.before, self.after, self.expected)


@dataclass(frozen=True)
class Tally:
    """How many pairs were labelled and judged how, before and after. All that is counted of them follows from it."""

    cells: Mapping[Levels, int]

    @cached_property
    def total(self) -> int:
        """How many pairs."""
        return sum(self.cells.values())

    @cached_property
    def counts(self) -> Mapping[Change, int]:
        """How many pairs of each change."""
        found: Counter[Change] = Counter()
        for (expected, before, after), n in self.cells.items():
            found[change_of(before, after, expected)] += n
        return {change: found[change] for change in Change}

    @property
    def moved(self) -> int:
        """How many have another level."""
        return sum(self.counts[change] for change in MOVED)

    @cached_property
    def classes(self) -> Mapping[Classes, int]:
        """The same by classes, in an order that is always the same."""
        found: Counter[Classes] = Counter()
        for (expected, before, after), n in self.cells.items():
            found[_class(expected), _class(before), _class(after)] += n
        return dict(sorted(found.items(), key=lambda one: [name or "" for name in one[0]]))

    @cached_property
    def before(self) -> Scores:
        """The scores before, over the pairs with a label."""
        return self._scores(1)

    @cached_property
    def after(self) -> Scores:
        """The scores after, over the pairs with a label."""
        return self._scores(2)

    def _scores(self, side: int) -> Scores:
        confusion: Counter[tuple[LevelClass | None, LevelClass | None]] = Counter()
        for outcome, n in self.classes.items():
            if outcome[0] is not None:
                confusion[outcome[0], outcome[side]] += n
        return scores_of(confusion)


@dataclass(frozen=True, slots=True)
class Compared:
    """The pairs that both runs judged with the same label and from the same texts.

    `only_before` and `only_after` count the pairs that one run judged and the other did not; `relabelled` those with
    another label, `retold` those with other texts, and `left_out` those with either. No row shows any of them.
    """

    rows: tuple[Row, ...]
    only_before: int = 0
    only_after: int = 0
    relabelled: int = 0
    retold: int = 0
    left_out: int = 0

    @property
    def tally(self) -> Tally:
        """The rows, counted."""
        return Tally(Counter((row.expected, row.before, row.after) for row in self.rows))

    def of(self, *changes: Change) -> tuple[Row, ...]:
        """The rows of some kinds of change."""
        return tuple(row for row in self.rows if row.change in changes)


@dataclass(frozen=True, slots=True)
class Cause:
    """What a change of level rests on: a rule that came, went or has another version, or else the reading.

    `number` is None for the reading: then the line of Algorithm 1 went from `before` to `after`. For a rule they
    are its versions, None where it was not recalled.
    """

    number: int | None
    before: int | None
    after: int | None


def change_of(before: Level | None, after: Level | None, expected: Level | None) -> Change:
    """What became of one pair, judged `before` and `after`, labelled `expected`."""
    if before is None or after is None:
        return Change.UNDECIDED
    if before is after:
        return Change.SAME
    was_right, is_right = (expected is not None and one.level_class is expected.level_class for one in (before, after))
    if was_right == is_right:
        return Change.CHANGED
    return Change.FIXED if is_right else Change.BROKEN


def compare(before: Mapping[int, Said], after: Mapping[int, Said]) -> Compared:
    """Compare what two runs said of each pair. Rows: most telling first, then by pair.

    A label that only one of the runs knows counts for both.
    """
    both = sorted(before.keys() & after.keys())
    relabelled = {pair for pair in both if _differ(before[pair].expected, after[pair].expected)}
    retold = {pair for pair in both if _differ(before[pair].case, after[pair].case)}
    rows = [_row(pair, before[pair], after[pair]) for pair in both if pair not in relabelled | retold]
    return Compared(
        rows=tuple(sorted(rows, key=lambda row: ORDER.index(row.change))),
        only_before=len(before) - len(both),
        only_after=len(after) - len(both),
        relabelled=len(relabelled),
        retold=len(retold),
        left_out=len(relabelled | retold),
    )


def causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Cause, ...]:
    """Why two traces of one pair, as JSON, end at different levels.

    Rules recalled in one version before and another (or none) after; of these the ones that moved the level,
    if any did. Without such a rule the pair was read differently.
    """
    was, now = _recalled(before), _recalled(after)
    differing = {number for number in was.keys() | now.keys() if was.get(number) != now.get(number)}
    acting = differing & (_acting(before["steps"]) | _acting(after["steps"]))
    if differing:
        return tuple(Cause(number, was.get(number), now.get(number)) for number in sorted(acting or differing))
    return (Cause(None, before["line"], after["line"]),)


def _row(pair: int, before: Said, after: Said) -> Row:
    return Row(pair, before.level, after.level, after.expected or before.expected)


def _differ(before: str | None, after: str | None) -> bool:
    return bool(before) and bool(after) and before != after


def _class(level: Level | None) -> LevelClass | None:
    return level.level_class if level else None


def _recalled(trace: Mapping[str, Any]) -> dict[int, int]:
    return {rule["number"]: rule["version"] for rule in trace["recalled"]}


def _acting(steps: Sequence[Mapping[str, Any]]) -> set[int]:
    return {step["number"] for step in steps if step["outcome"] == "applied"}
