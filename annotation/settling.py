"""What several labels of a pair amount to: a level, or a conflict that somebody rules on. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.engine.attributes import Level, LevelClass


class Rule(StrEnum):
    """When labels that differ are a conflict."""

    LEVELS = "levels"
    """Whenever they differ at all."""
    CLASSES = "classes"
    """When their classes differ."""
    MAJORITY = "majority"
    """When no class has more than half of them."""


class ConflictKind(StrEnum):
    """What is in conflict."""

    TIE = "tie"
    CLASSES = "classes"
    LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class Settled:
    """The level that labels amount to. `agreeing` of the `labels` gave it; the others may share its class."""

    level: Level
    agreeing: int
    labels: int

    @property
    def is_unanimous(self) -> bool:
        """Whether everyone gave this level."""
        return self.agreeing == self.labels


@dataclass(frozen=True, slots=True)
class Conflict:
    """Labels that settle nothing. `counts` has each level given, the highest first.

    `TIE`: no class has more than half; `CLASSES`: classes differ; `LEVELS`: only levels within one class do.
    """

    kind: ConflictKind
    counts: Mapping[Level, int]


def settle(labels: Collection[str], *, rule: Rule = Rule.CLASSES) -> Settled | Conflict | None:
    """What the labels of a pair amount to; None where there are none.

    First the class is settled, by `rule`, then the level within it by most labels. Two levels of one class equally
    often: the lower, which promises a shopper less. A label that is no level raises ValueError.
    """
    counts = _counts(labels)
    if not counts:
        return None
    level = next(iter(counts))
    if len(counts) == 1:
        return Settled(level, counts[level], len(labels))
    kind = _conflict(counts, rule)
    return Conflict(kind, counts) if kind else _within_class(counts, len(labels))


def majority(votes: Collection[str]) -> Level | None:
    """The level that more than half of the votes give, if any: what models that vote say together."""
    counts = _counts(votes)
    return next((level for level, count in counts.items() if 2 * count > len(votes)), None)


def is_hard(votes: Collection[str], *, rule: Rule = Rule.CLASSES) -> bool:
    """Whether votes, of models or of people, are split: in class, or with `LEVELS` at all; `MAJORITY`: without one."""
    return isinstance(settle(votes, rule=rule), Conflict)


def _counts(labels: Collection[str]) -> dict[Level, int]:
    found = Counter(Level(label) for label in labels)
    return {level: found[level] for level in Level if found[level]}


def _conflict(counts: Mapping[Level, int], rule: Rule) -> ConflictKind | None:
    classes = _classes(counts)
    if rule is Rule.MAJORITY:
        return ConflictKind.TIE if 2 * max(classes.values()) <= sum(counts.values()) else None
    if len(classes) > 1:
        return ConflictKind.CLASSES
    return ConflictKind.LEVELS if rule is Rule.LEVELS else None


def _within_class(counts: Mapping[Level, int], labels: int) -> Settled:
    classes = _classes(counts)
    chosen = max(classes, key=lambda name: classes[name])
    inside = [level for level in counts if level.level_class is chosen]
    level = max(inside, key=lambda one: (counts[one], -one.rank))
    return Settled(level, counts[level], labels)


def _classes(counts: Mapping[Level, int]) -> Counter[LevelClass]:
    classes: Counter[LevelClass] = Counter()
    for level, count in counts.items():
        classes[level.level_class] += count
    return classes
