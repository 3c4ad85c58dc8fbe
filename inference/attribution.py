"""Which of the recalled rules made a level so, and which are behind others or have no say. Exact, by trying sets. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb

from rules.engine.attributes import Level

Numbers = frozenset[int]
LevelOf = Callable[[Numbers], Level | None]
"""The level under some of the rules, by number; None where nobody knows it, such as of a model that was never asked."""

NONE: Numbers = frozenset()
MOST_TRIED = 4096
"""Sets that are tried in one search: all there are of 12 rules."""
MOST_SETS = 20
"""Smallest sets that are listed; the others are counted."""


class Part(StrEnum):
    """What part a recalled rule has in a level."""

    DECISIVE = "decisive"
    EITHER = "either"
    MASKED = "masked"
    BURIED = "buried"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RulePart:
    """One recalled rule. `without`: the level if it alone were gone, None if nobody knows.

    DECISIVE: the level would be another. Otherwise it stays, and EITHER: it changes once one of `either` is gone too,
    which alone would have kept it. MASKED: it acts once one `behind` which it stands is gone. BURIED: it acts only
    where more of the others are gone. SILENT: it changes nothing, whichever others are gone.
    """

    number: int
    part: Part
    without: Level | None
    either: tuple[int, ...] = ()
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest sets that give a level: the first MOST_SETS of `count`, the rules `involved` in any of them.

    Every set of up to `searched_to` rules was tried. `sure`: none that is as small or smaller remained unknown; without
    sets, the search ended before one was found.
    """

    sets: tuple[Numbers, ...]
    count: int
    involved: Numbers
    searched_to: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which rules made a level so. `bare` is the level without any rule, `tried` how many sets were decided.

    Where not `exhaustive` there are too many rules, or too few known answers, to try every set: then a SILENT rule is
    one that no set tried shows at work.
    """

    level: Level
    bare: Level | None
    parts: tuple[RulePart, ...]
    smallest: Smallest
    tried: int
    exhaustive: bool

    def of(self, part: Part) -> tuple[int, ...]:
        """The rules that have some part."""
        return tuple(one.number for one in self.parts if one.part is part)


class Answers:
    """What sets of rules give, each tried once."""

    def __init__(self, level_of: LevelOf) -> None:
        self._level_of = level_of
        self._known: dict[Numbers, Level | None] = {}

    def __getitem__(self, rules: Numbers) -> Level | None:
        if rules not in self._known:
            self._known[rules] = self._level_of(rules)
        return self._known[rules]

    @property
    def tried(self) -> int:
        """How many sets have an answer."""
        return sum(level is not None for level in self._known.values())

    def differ(self, one: Numbers, other: Numbers) -> bool:
        """Whether two sets are known to give different levels."""
        first, second = self[one], self[other]
        return first is not None and second is not None and first is not second


def attribute(rules: Iterable[int], level_of: LevelOf, *, most: int = MOST_TRIED) -> Attribution:
    """Which of the recalled `rules` made the level that all of them together give.

    Raises ValueError where that level is not known.
    """
    everyone, answers = frozenset(rules), Answers(level_of)
    level = answers[everyone]
    if level is None:
        raise ValueError("the level under all rules is not known")
    smallest = smallest_sets(everyone, answers, level, most=most)
    parts = tuple(_part(number, everyone, answers, most) for number in sorted(everyone))
    every_set = 2 ** len(everyone) <= most
    known = every_set and Part.UNKNOWN not in {one.part for one in parts}
    return Attribution(level, answers[NONE], parts, smallest, answers.tried, known)


def smallest_sets(everyone: Numbers, answers: Answers, wanted: Level, *, most: int = MOST_TRIED) -> Smallest:
    """The smallest sets of `everyone` that give `wanted`, the smaller sizes tried first."""
    left, sure = most, True
    for size in range(len(everyone) + 1):
        left -= comb(len(everyone), size)
        if left < 0:
            return Smallest((), 0, NONE, size - 1, sure=False)
        given = [(rules, answers[rules]) for rules in _sets(everyone, size)]
        found = [rules for rules, level in given if level is wanted]
        sure = sure and all(level is not None for _rules, level in given)
        if found:
            return Smallest(tuple(found[:MOST_SETS]), len(found), NONE.union(*found), size, sure)
    return Smallest((), 0, NONE, len(everyone), sure=False)


def _part(number: int, everyone: Numbers, answers: Answers, most: int) -> RulePart:
    others = everyone - {number}
    without = answers[others]
    if answers.differ(everyone, others):
        return RulePart(number, Part.DECISIVE, without)
    fronts = tuple(front for front in sorted(others) if answers.differ(everyone - {front}, others - {front}))
    either = tuple(front for front in fronts if answers[everyone - {front}] is answers[everyone])
    behind = tuple(front for front in fronts if front not in either)
    return RulePart(number, _hidden_part(number, others, either, behind, answers, most), without, either, behind)


def _hidden_part(
    number: int, others: Numbers, either: tuple[int, ...], behind: tuple[int, ...], answers: Answers, most: int
) -> Part:
    """The part of a rule that is not decisive."""
    if either:
        return Part.EITHER
    if behind:
        return Part.MASKED
    tried = [(rules, rules | {number}) for rules in _tried_sets(others, most // 2)]
    if any(answers.differ(rules, with_it) for rules, with_it in tried):
        return Part.BURIED
    if any(answers[rules] is None or answers[with_it] is None for rules, with_it in tried):
        return Part.UNKNOWN
    return Part.SILENT


def _tried_sets(everyone: Numbers, most: int) -> Iterator[Numbers]:
    """Every set, the smallest first, or where there are too many those of as many rules as can be tried, and all but two."""
    left = most
    for size in range(len(everyone) + 1):
        left -= comb(len(everyone), size)
        if left < 0:
            break
        yield from _sets(everyone, size)
    else:
        return
    for few in (1, 0):
        yield from (everyone - gone for gone in _sets(everyone, few))


def _sets(everyone: Numbers, size: int) -> Iterator[Numbers]:
    return map(frozenset, combinations(sorted(everyone), size))
