"""What a planted cause consists of."""

from dataclasses import dataclass

from rules.engine.attributes import Attribute, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, Operator

Pair = tuple[str, str]
"""A query and a title."""


@dataclass(frozen=True)
class Planted:
    """One cause: the level expected of its case and of its siblings; the controls are to stay as they are."""

    name: str
    expected: str
    case: Pair
    siblings: tuple[Pair, ...]
    controls: tuple[Pair, ...]
    harmful: bool = False
    rule: RuleContent | None = None
    """One that is in force, and wrong."""


def rule(effect: Effect, *conditions: Condition) -> RuleContent:
    """A rule in force."""
    return RuleContent(title="In force", conditions=conditions, effect=effect)


def asked(attribute: Attribute, *values: str) -> Condition:
    """The query names one of these."""
    return Condition(Side.QUERY, Operator.IS_ANY_OF, attribute, values)


def shown(attribute: Attribute, *values: str) -> Condition:
    """The product is one of these."""
    return Condition(Side.PRODUCT, Operator.IS_ANY_OF, attribute, values)
