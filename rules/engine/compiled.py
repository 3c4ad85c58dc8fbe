"""Conditions as quick checks: what can be prepared once is, so that recall only compares sets and words."""

from collections.abc import Callable

from rules.engine.attributes import Attribute, Facts, Side
from rules.engine.rule import Condition, Operator
from rules.engine.text import normalise

Check = Callable[[Facts], bool]
"""Whether one condition holds of a pair; the same answer as `rules.engine.recall.holds`."""

NOTHING: frozenset[str] = frozenset()


class Checks(dict[Condition, Check]):
    """The check of every condition asked for; rules that share a condition share its check."""

    def __missing__(self, condition: Condition) -> Check:
        self[condition] = compiled(condition)
        return self[condition]


def compiled(condition: Condition) -> Check:
    """The check of one condition."""
    if condition.operator is Operator.TEXT_CONTAINS:
        return _on_sides(condition.side, *_text_checks(condition.values))
    assert condition.attribute is not None
    match condition.operator:
        case Operator.AGREES:
            return _agrees(condition.attribute)
        case Operator.DIFFERS:
            return _differs(condition.attribute)
        case Operator.OVERLAPS:
            return _overlaps(condition.attribute)
        case Operator.IS_PRESENT:
            return _on_sides(condition.side, *_present_checks(condition.attribute))
        case Operator.IS_MISSING:
            return _on_sides(condition.side, *_missing_checks(condition.attribute))
    return _on_sides(condition.side, *_value_checks(condition.attribute, frozenset(condition.values)))


def _on_sides(side: Side, query: Check, product: Check) -> Check:
    if side is Side.BOTH:
        return lambda facts: query(facts) and product(facts)
    return query if side is Side.QUERY else product


def _text_checks(values: tuple[str, ...]) -> tuple[Check, Check]:
    words = tuple(word for value in values if (word := normalise(value)))
    if len(words) == 1:
        word = words[0]
        return lambda facts: word in facts.query_text, lambda facts: word in facts.title
    return (
        lambda facts: any(word in facts.query_text for word in words),
        lambda facts: any(word in facts.title for word in words),
    )


def _value_checks(attribute: Attribute, wanted: frozenset[str]) -> tuple[Check, Check]:
    return (
        lambda facts: not wanted.isdisjoint(facts.query.get(attribute, NOTHING)),
        lambda facts: not wanted.isdisjoint(facts.product.get(attribute, NOTHING)),
    )


def _present_checks(attribute: Attribute) -> tuple[Check, Check]:
    return lambda facts: bool(facts.query.get(attribute)), lambda facts: bool(facts.product.get(attribute))


def _missing_checks(attribute: Attribute) -> tuple[Check, Check]:
    return lambda facts: not facts.query.get(attribute), lambda facts: not facts.product.get(attribute)


def _agrees(attribute: Attribute) -> Check:
    def check(facts: Facts) -> bool:
        query, product = facts.query.get(attribute, NOTHING), facts.product.get(attribute, NOTHING)
        return bool(query and product) and query <= product

    return check


def _differs(attribute: Attribute) -> Check:
    def check(facts: Facts) -> bool:
        query, product = facts.query.get(attribute, NOTHING), facts.product.get(attribute, NOTHING)
        return bool(query and product) and query.isdisjoint(product)

    return check


def _overlaps(attribute: Attribute) -> Check:
    return lambda facts: not facts.query.get(attribute, NOTHING).isdisjoint(facts.product.get(attribute, NOTHING))
