"""Which entries name an entry, and in which of their fields."""

from collections import defaultdict
from collections.abc import Mapping

from inference.knowledge.faults import words_in
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.overlay import by_name, content_of
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS

Place = tuple[Kind, str]
"""A kind of entries, and a field of theirs."""
References = Mapping[tuple[Kind, str], Mapping[Place, tuple[str, ...]]]


def references_in(lexicon: Lexicon) -> References:
    """By kind and name of an entry: the names of those that name it, in the order of the files, by kind and field.

    A brand that stands for a medicine by another of its names counts for that medicine.
    """
    found: dict[tuple[Kind, str], dict[Place, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, fields in FIELDS.items():
        linking = [field for field in fields if field.names]
        rows = lexicon.brands if kind is Kind.BRAND else by_name(lexicon.tables, kind)
        for name, row in rows.items():
            content = content_of(row)
            for field in linking:
                for word in words_in(content, field):
                    if field.names:
                        found[field.names, word][kind, field.name].append(name)
    return {key: {place: tuple(names) for place, names in places.items()} for key, places in found.items()}
