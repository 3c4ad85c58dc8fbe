"""How sure a judgment must be to keep its class, and what becomes of one that is not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rules.engine.attributes import Attribute, Level, LevelClass
from rules.engine.decide import Decision, decide
from rules.engine.recall import Recalled

OTHERWISE: Mapping[LevelClass, Level] = {
    LevelClass.HIGHLY: Level.MODERATELY,
    LevelClass.LESS: Level.IRRELEVANT,
    LevelClass.IRRELEVANT: Level.WEAKLY,
}
"""What a judgment of each class becomes where it is not sure enough: the nearest level of the class beside it."""


SURE: Mapping[str, LevelClass] = {f"sure_{name.value}": name for name in LevelClass}
"""The names under which parameters and settings have the threshold of each class."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, 0 to 1, with which a judgment keeps its class; 0 keeps every one."""

    highly: float = 0.0
    less: float = 0.0
    irrelevant: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, with the name of the class, for what is no share."""
        if wrong := [one.name for one in fields(self) if not 0 <= getattr(self, one.name) <= 1]:
            raise ValueError(", ".join(wrong))

    def __bool__(self) -> bool:
        """Whether any judgment could lose its class."""
        return any((self.highly, self.less, self.irrelevant))

    @property
    def named(self) -> dict[str, Any]:
        """The thresholds as parameters and settings name them."""
        return {name: self.of(about) for name, about in SURE.items()}

    def of(self, name: LevelClass) -> float:
        """The least confidence of a class."""
        share: float = getattr(self, name.value)
        return share

    def level(self, level: Level, confidence: float | None) -> Level:
        """The level that is left of one with a confidence. Where none is known, it stays."""
        unsure = confidence is not None and confidence < self.of(level.level_class)
        return OTHERWISE[level.level_class] if unsure else level


@dataclass(frozen=True, slots=True)
class Unsure:
    """A judgment that was not sure enough to keep its class: `before` any rule it was this, and became `after`."""

    before: Level
    after: Level
    confidence: float
    threshold: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "before": self.before.value,
            "after": self.after.value,
            "confidence": self.confidence,
            "threshold": self.threshold,
        }


def without_idle(said: Mapping[str, Any]) -> dict[str, Any]:
    """What parameters or settings say, less thresholds that keep everything: what was judged before there were any has
    the same key.
    """
    return {name: value for name, value in said.items() if name not in SURE or value}


@dataclass(frozen=True, slots=True)
class Held:
    """What the rules leave once thresholds were looked at; `unsure` where one was missed."""

    decision: Decision
    unsure: Unsure | None = None


def hold(
    proposed: Level,
    decision: Decision,
    confidence: float | None,
    thresholds: Thresholds,
    *,
    recalled: Sequence[Recalled],
    mismatched: frozenset[Attribute],
) -> Held:
    """Look at how sure a level is before the hard effects of rules are applied to it, which bind whatever comes of it.

    `decision` is what they make of `proposed`. Where they change its class already, they decide and not the thresholds.
    """
    after = thresholds.level(proposed, confidence)
    if after is proposed or confidence is None or decision.level.level_class is not proposed.level_class:
        return Held(decision)
    again = decide(unwaived=after, proposed=after, recalled=recalled, mismatched=mismatched)
    return Held(again, Unsure(proposed, after, confidence, thresholds.of(proposed.level_class)))
