"""A rule as the engine sees it: conditions, an effect, and how specific and how new it is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.engine.attributes import Attribute, Level, Side, gettext_noop


class Operator(StrEnum):
    """How a condition compares."""

    IS = "is"
    IS_ANY_OF = "is_any_of"
    IS_PRESENT = "is_present"
    IS_MISSING = "is_missing"
    AGREES = "agrees"
    DIFFERS = "differs"
    OVERLAPS = "overlaps"
    TEXT_CONTAINS = "text_contains"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return OPERATOR_LABELS[self]


OPERATOR_LABELS = {
    Operator.IS: gettext_noop("is"),
    Operator.IS_ANY_OF: gettext_noop("is any of"),
    Operator.IS_PRESENT: gettext_noop("is present"),
    Operator.IS_MISSING: gettext_noop("is missing"),
    Operator.AGREES: gettext_noop("agrees"),
    Operator.DIFFERS: gettext_noop("differs"),
    Operator.OVERLAPS: gettext_noop("overlaps"),
    Operator.TEXT_CONTAINS: gettext_noop("text contains"),
}

VALUED = frozenset({Operator.IS, Operator.IS_ANY_OF, Operator.TEXT_CONTAINS})
"""Operators that need values."""

RELATIONAL = frozenset({Operator.AGREES, Operator.DIFFERS, Operator.OVERLAPS})
"""Operators that compare the two sides, and so need side `both`."""


class EffectKind(StrEnum):
    """What a rule does to a level. The order here is the order of precedence."""

    FORBID = "forbid"
    FORCE = "force"
    CAP = "cap"
    FLOOR = "floor"
    REQUIRE = "require"
    WAIVE = "waive"
    ADVISE = "advise"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return EFFECT_LABELS[self]


EFFECT_LABELS = {
    EffectKind.FORBID: gettext_noop("forbid"),
    EffectKind.FORCE: gettext_noop("force"),
    EffectKind.CAP: gettext_noop("cap"),
    EffectKind.FLOOR: gettext_noop("floor"),
    EffectKind.REQUIRE: gettext_noop("require"),
    EffectKind.WAIVE: gettext_noop("waive"),
    EffectKind.ADVISE: gettext_noop("advise"),
}

LEVELLED = frozenset({EffectKind.FORCE, EffectKind.CAP, EffectKind.FLOOR, EffectKind.REQUIRE})
"""Effects that name a level. For `require` it is the cap that a mismatch brings."""

ATTRIBUTED = frozenset({EffectKind.REQUIRE, EffectKind.WAIVE})
"""Effects that name attributes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold.

    `attribute` is None for `text_contains`, which reads the text of its side. On side `both`
    a condition must hold on each side. `is`: the attribute has the one value given; `is_any_of`:
    at least one of those given. `agrees`: both sides have values and the product has every one
    that the query names; `overlaps`: they share one; `differs`: both have values and share none.
    """

    side: Side
    operator: Operator
    attribute: Attribute | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the level when every condition holds."""

    kind: EffectKind
    level: Level | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineRule:
    """One rule version, as recall and decision read it.

    `number` names the rule, `version` the version of it; `age_order` grows with the moment a
    version was written, so that of two equally specific rules the newer wins.
    """

    number: int
    version: int
    conditions: tuple[Condition, ...]
    effect: Effect
    instruction: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    age_order: int = 0
    digest: str = ""

    @property
    def specificity(self) -> tuple[int, int]:
        """More conditions first; among equals, the one admitting fewer values."""
        return len(self.conditions), -sum(max(len(c.values), 1) for c in self.conditions)

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` lies within the validity dates, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
