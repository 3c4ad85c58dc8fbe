"""Conditions that can never hold together, whatever the pair."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from rules.engine.attributes import Attribute, Side
from rules.engine.rule import RELATIONAL, Condition, Operator

VALUE_OPERATORS = frozenset({Operator.IS, Operator.IS_ANY_OF})
NEEDS_PRESENCE = VALUE_OPERATORS | RELATIONAL | {Operator.IS_PRESENT}
NEEDS_SHARED = frozenset({Operator.AGREES, Operator.OVERLAPS})

Forced = dict[tuple[Side, Attribute], set[str]]


def contradictions(conditions: Sequence[Condition]) -> Iterator[tuple[int, int]]:
    """Places of two conditions, the earlier first, that exclude each other.

    Where it takes more than two, the first of them stands for the rest. Values of one attribute do not
    exclude each other, for a side can have several.
    """
    found: set[tuple[int, int]] = set()
    for excludes in (_missing_and_present, _differing_and_shared, _differing_and_forced(conditions)):
        found.update(_pairs(conditions, excludes))
    yield from sorted(found)


def sides(condition: Condition) -> tuple[Side, ...]:
    """The sides that a condition reads."""
    both = condition.side is Side.BOTH or condition.operator in RELATIONAL
    return (Side.QUERY, Side.PRODUCT) if both else (condition.side,)


def _pairs(
    conditions: Sequence[Condition], excludes: Callable[[Condition, Condition], bool]
) -> Iterator[tuple[int, int]]:
    for a, one in enumerate(conditions):
        for b, other in enumerate(conditions):
            if a != b and one.attribute is not None and one.attribute is other.attribute and excludes(one, other):
                yield min(a, b), max(a, b)


def _missing_and_present(one: Condition, other: Condition) -> bool:
    missing, present = one.operator is Operator.IS_MISSING, other.operator in NEEDS_PRESENCE
    return missing and present and bool(set(sides(one)) & set(sides(other)))


def _differing_and_shared(one: Condition, other: Condition) -> bool:
    return one.operator is Operator.DIFFERS and other.operator in NEEDS_SHARED


def _differing_and_forced(conditions: Sequence[Condition]) -> Callable[[Condition, Condition], bool]:
    """Sides can't differ where one must have a value of several that the other must have altogether."""
    forced: Forced = defaultdict(set)
    for condition in conditions:
        if condition.operator in VALUE_OPERATORS and condition.attribute and len(set(condition.values)) == 1:
            for side in sides(condition):
                forced[side, condition.attribute].update(condition.values)

    def excludes(one: Condition, other: Condition) -> bool:
        if one.operator is not Operator.DIFFERS or other.operator not in VALUE_OPERATORS or not other.values:
            return False
        assert other.attribute is not None
        return any(set(other.values) <= forced[_opposite(side), other.attribute] for side in sides(other))

    return excludes


def _opposite(side: Side) -> Side:
    return Side.PRODUCT if side is Side.QUERY else Side.QUERY
