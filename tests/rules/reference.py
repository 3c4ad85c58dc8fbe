"""What a condition means, written as plainly as it can be said: the rule engine is measured against it."""

from rules.engine.attributes import Facts, Side
from rules.engine.rule import Condition, Operator
from rules.engine.text import normalise


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether one condition holds of a pair."""
    if condition.operator is Operator.TEXT_CONTAINS:
        words = [word for value in condition.values if (word := normalise(value))]
        return all(any(word in text for word in words) for text in _texts(condition.side, facts))
    assert condition.attribute is not None
    query = facts.query.get(condition.attribute, frozenset())
    product = facts.product.get(condition.attribute, frozenset())
    match condition.operator:
        case Operator.AGREES:
            return bool(query) and bool(product) and query <= product
        case Operator.OVERLAPS:
            return bool(query & product)
        case Operator.DIFFERS:
            return bool(query) and bool(product) and not query & product
    sides = {Side.QUERY: [query], Side.PRODUCT: [product], Side.BOTH: [query, product]}[condition.side]
    match condition.operator:
        case Operator.IS_PRESENT:
            return all(sides)
        case Operator.IS_MISSING:
            return not any(sides)
    wanted = frozenset(condition.values)
    return all(values & wanted for values in sides)


def _texts(side: Side, facts: Facts) -> tuple[str, ...]:
    return {Side.QUERY: (facts.query_text,), Side.PRODUCT: (facts.title,), Side.BOTH: (facts.query_text, facts.title)}[
        side
    ]
