"""Which entries name an entry, and in which of their fields."""

from collections.abc import Mapping

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.overlay import by_name
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS

Place = tuple[Kind, str]
"""A kind of entries, and a field of theirs."""


def naming(kind: Kind, name: str, lexicon: Lexicon) -> Mapping[Place, tuple[str, ...]]:
    """The names of the entries that name one, in the order of the files, by their kind and field.

    A brand that stands for a medicine by another of its names counts for that medicine.
    """
    found: dict[Place, tuple[str, ...]] = {}
    for other, fields in FIELDS.items():
        places = [field for field in fields if field.names is kind]
        rows = by_name(lexicon.tables, other) if places and other is not Kind.BRAND else lexicon.brands
        for field in places:
            names = tuple(one for one, row in rows.items() if names_it(getattr(row, field.name), name))
            found |= {(other, field.name): names} if names else {}
    return found


def names_it(value: str | tuple[str, ...] | frozenset[str], name: str) -> bool:
    """Whether a field's value is a name or has it among its words."""
    return value == name if isinstance(value, str) else name in value
