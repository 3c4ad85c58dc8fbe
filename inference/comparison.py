"""Two runs over the same pairs, a row a pair: fixed, broken, changed, same, undecided. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inference.metrics import Scores, score
from rules.engine.attributes import Level


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


@dataclass(frozen=True, slots=True)
class Row:
    """One pair in both runs; None is a failed judgment, or no label."""

    pair: int
    before: Level | None
    after: Level | None
    expected: Level | None
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pairs that both runs judged. `before` and `after` score those of them that have a label.

    `only_before` and `only_after` count the pairs that one run judged and the other did not: no row shows them.
    """

    rows: tuple[Row, ...]
    counts: Mapping[Change, int]
    before: Scores
    after: Scores
    only_before: int = 0
    only_after: int = 0

    @property
    def total(self) -> int:
        """How many pairs are compared."""
        return len(self.rows)

    @property
    def moved(self) -> int:
        """How many have another level."""
        return sum(self.counts[change] for change in MOVED)

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


def compare(
    before: Mapping[int, Level | None], after: Mapping[int, Level | None], expected: Mapping[int, Level | None]
) -> Comparison:
    """Compare what two runs said of each pair, given what is expected of it. Rows: most telling first, then by pair."""
    both = sorted(before.keys() & after.keys())
    rows = [_row(pair, before[pair], after[pair], expected.get(pair)) for pair in both]
    counts = Counter(row.change for row in rows)
    return Comparison(
        rows=tuple(sorted(rows, key=lambda row: ORDER.index(row.change))),
        counts={change: counts[change] for change in Change},
        before=score((row.expected, row.before) for row in rows if row.expected),
        after=score((row.expected, row.after) for row in rows if row.expected),
        only_before=len(before) - len(both),
        only_after=len(after) - len(both),
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


def _row(pair: int, before: Level | None, after: Level | None, expected: Level | None) -> Row:
    return Row(pair, before, after, expected, change_of(before, after, expected))


def _recalled(trace: Mapping[str, Any]) -> dict[int, int]:
    return {rule["number"]: rule["version"] for rule in trace["recalled"]}


def _acting(steps: Sequence[Mapping[str, Any]]) -> set[int]:
    return {step["number"] for step in steps if step["outcome"] == "applied"}
