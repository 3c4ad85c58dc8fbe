"""Values of a rule that the pipeline would word otherwise, so that a condition on them would never hold."""

from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.read_given import canonical_values
from rules.engine.attributes import Attribute
from rules.engine.rule import Condition
from rules.engine.text import normalise

CLOSED = frozenset(
    {Attribute.EFFICACY, Attribute.CATEGORY, Attribute.DOSAGE_FORM, Attribute.POPULATION, Attribute.STRENGTH}
)
"""Attributes that only ever have values of the knowledge; others may have any word."""


@dataclass(frozen=True, slots=True)
class ValueHint:
    """A value as typed, and how the pipeline words it; `known_as` is empty where it knows no such value."""

    attribute: Attribute
    value: str
    known_as: tuple[str, ...]


def value_hints(conditions: tuple[Condition, ...], lexicon: Lexicon) -> tuple[ValueHint, ...]:
    """The values that no query and no product would have, in the order of the conditions."""
    hints = []
    for condition in conditions:
        if condition.attribute is None:
            continue
        for value in condition.values:
            known = tuple(dict.fromkeys(canonical_values(condition.attribute, normalise(value), lexicon)))
            if value not in known and (known or condition.attribute in CLOSED):
                hints.append(ValueHint(condition.attribute, value, known))
    return tuple(hints)
