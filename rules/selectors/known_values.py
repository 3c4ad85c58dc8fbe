"""Which of the values that rules name a query or a product can have, as the app says that reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.engine.attributes import Attribute
from rules.engine.contradiction import VALUE_OPERATORS
from rules.engine.rule import Condition
from rules.engine.situation import ANYTHING, Domain
from rules.signals import values_asked

Named = Mapping[Attribute, frozenset[str]]


@dataclass(frozen=True, slots=True)
class KnownValues:
    """The domain that rules are analysed in; `instead` says how a value is called that nothing has under its name."""

    domain: Domain = ANYTHING
    instead: Mapping[tuple[Attribute, str], tuple[str, ...]] = field(default_factory=dict)


def known_values(conditions: Iterable[Condition]) -> KnownValues:
    """What is known of the values that these conditions name; without anybody to ask, all are possible."""
    named = named_values(conditions)
    for _receiver, answer in values_asked.send(sender=KnownValues, named=named) if named else ():
        if isinstance(answer, KnownValues):
            return answer
    return KnownValues()


def named_values(conditions: Iterable[Condition]) -> Named:
    """The values that are asked of each attribute."""
    found: dict[Attribute, set[str]] = {}
    for condition in conditions:
        if condition.operator in VALUE_OPERATORS and condition.attribute is not None:
            found.setdefault(condition.attribute, set()).update(condition.values)
    return {attribute: frozenset(values) for attribute, values in found.items()}
