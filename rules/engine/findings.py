"""What an analysis of rules finds, each finding with the facts and the day on which it shows."""

from dataclasses import dataclass
from enum import StrEnum

from rules.engine.attributes import Attribute, Side, gettext_noop
from rules.engine.content import Example
from rules.engine.situation import Situation


class Settled(StrEnum):
    """What lets one of two rules that disagree win."""

    KIND = "kind"
    SPECIFICITY = "specificity"
    AGE = "age"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return SETTLED_LABELS[self]


SETTLED_LABELS = {
    Settled.KIND: gettext_noop("the kind of its effect"),
    Settled.SPECIFICITY: gettext_noop("being more specific"),
    Settled.AGE: gettext_noop("being newer"),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that can fire on one pair and leave no level, or no settled attribute, that both allow.

    `winner` is the number of the one that would win, `settled` what by.
    """

    one: int
    other: int
    winner: int
    settled: Settled
    witness: Situation


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A rule that is overruled wherever it fires. `by` are the rules that overrule it in the witness."""

    rule: int
    by: tuple[int, ...]
    witness: Situation


@dataclass(frozen=True, slots=True)
class Absent:
    """A value that a rule asks of a side and that no query, or no product, has."""

    side: Side
    attribute: Attribute
    value: str


@dataclass(frozen=True, slots=True)
class NeverFires:
    """A rule whose conditions can't hold together, on values that pairs can have, on any day from now on.

    `absent` are the values without which it could fire, where that is why.
    """

    rule: int
    expired: bool
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A pinned example that its own rule does not fire on."""

    rule: int
    example: Example
    witness: Situation


Finding = Conflict | Shadowed | NeverFires | Gap
