"""Which changes of rules made a level flip from one run to another, and what each rule did over all flips. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inference.attribution import MOST_TRIED, NONE, Answers, LevelOf, Numbers, Smallest, smallest_sets
from inference.comparison import MOVED, Change
from inference.pipeline.under_rules import READING
from rules.engine.attributes import Level


class Credit(StrEnum):
    """What a flip is put down to."""

    ALONE = "alone"
    JOINTLY = "jointly"
    NO_RULE = "no_rule"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Flip:
    """A level that moved, with the changes `needed`: with all the others and without this one it is not `after`.

    `smallest` are the fewest changes that take the level from `before` to `after`.
    """

    before: Level
    after: Level
    needed: Numbers
    smallest: Smallest

    @property
    def credit(self) -> Credit:
        """ALONE: one rule's change makes the flip, and nothing else as small does. NO_RULE: it needs no rule's change."""
        if not self.smallest.sure:
            return Credit.UNKNOWN
        if frozenset({READING}) in self.smallest.sets:
            return Credit.NO_RULE
        return Credit.ALONE if len(self.smallest.involved) == 1 else Credit.JOINTLY

    @property
    def credited(self) -> Numbers:
        """The rules it is put down to, alone or jointly."""
        earned = self.credit in (Credit.ALONE, Credit.JOINTLY)
        return self.smallest.involved - {READING} if earned else NONE


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one pair, and what that is put down to; without a flip, nobody can say any more."""

    change: Change
    flip: Flip | None
    judge_moved: bool = False

    @property
    def credit(self) -> Credit:
        """What it is put down to. A judge that answers the same question otherwise is no rule."""
        if self.judge_moved:
            return Credit.NO_RULE
        return self.flip.credit if self.flip else Credit.UNKNOWN


@dataclass(slots=True)
class RuleTotals:
    """What the change of one rule did over all pairs: alone, and where it took other changes or others would have done."""

    number: int
    alone: Counter[Change] = field(default_factory=Counter)
    jointly: Counter[Change] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """The pairs it moved, alone or not."""
        return self.alone.total() + self.jointly.total()

    @property
    def shared(self) -> tuple[tuple[Change, int], ...]:
        """What it did jointly, by change."""
        return tuple((change, self.jointly[change]) for change in MOVED if self.jointly[change])


@dataclass(frozen=True, slots=True)
class FlipTotals:
    """All flips of a comparison: a line a rule, those by no rule, those that nobody can say of.

    `judge_moved` pairs have another level though nothing that decides them changed. Then the other flips may be the
    judge's too: all that were a rule's are `withheld`, and no rule has a line.
    """

    rules: tuple[RuleTotals, ...]
    no_rule: Mapping[Change, int]
    unknown: Mapping[Change, int]
    withheld: Mapping[Change, int]
    judge_moved: int


def flip_of(changes: Iterable[int], level_of: LevelOf, *, most: int = MOST_TRIED) -> Flip | None:
    """What makes the level move when all `changes` are made; `level_of` some of them, none: the level before.

    None where either end is not known, or they are the same.
    """
    everyone, answers = frozenset(changes), Answers(level_of)
    before, after = answers[NONE], answers[everyone]
    if before is None or after is None or before is after:
        return None
    needed = frozenset(one for one in everyone if answers.differ(everyone, everyone - {one}))
    return Flip(before, after, needed, smallest_sets(everyone, answers, after, most=most))


def totals_of(moved: Iterable[Moved]) -> FlipTotals:
    """The flips a rule, the rules that did most first."""
    every = list(moved)
    judge_moved = sum(one.judge_moved for one in every)
    by_rule: dict[int, RuleTotals] = {}
    for one in every:
        for number in one.flip.credited if one.flip and not judge_moved else ():
            line = by_rule.setdefault(number, RuleTotals(number))
            (line.alone if one.credit is Credit.ALONE else line.jointly)[one.change] += 1
    earned = _counted(every, Credit.ALONE, Credit.JOINTLY)
    return FlipTotals(
        rules=tuple(sorted(by_rule.values(), key=lambda line: (-line.total, line.number))),
        no_rule=_counted(every, Credit.NO_RULE),
        unknown=_counted(every, Credit.UNKNOWN),
        withheld=earned if judge_moved else Counter(),
        judge_moved=judge_moved,
    )


def _counted(moved: Iterable[Moved], *credits_: Credit) -> Counter[Change]:
    return Counter(one.change for one in moved if one.credit in credits_)
