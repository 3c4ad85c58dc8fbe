"""What shoppers rule out by a word that is no name: sugar, alcohol, drowsiness; and which products have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from inference.knowledge.tables import FOLDER, Row, listed, rows, word
from rules.engine.attributes import Attribute


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values a product has none of where one of the words `says` is ruled out; `stated` if its title must say so."""

    says: tuple[str, ...]
    values: tuple[tuple[Attribute, str], ...]
    stated: bool = False


@lru_cache(maxsize=1)
def exclusions() -> Mapping[str, Exclusion]:
    """What exclusions.tsv knows, by the words it is said in."""
    return {said: row for row in map(exclusion_of, rows(FOLDER, "exclusions*.tsv")) for said in row.says}


def exclusion_of(row: Row) -> Exclusion:
    """A row of exclusions.tsv; what is ruled out by a word with no values of its own is an ingredient of that name."""
    columns = {
        Attribute.INGREDIENT: "ingredients",
        Attribute.CORE_NAME: "names",
        Attribute.DOSAGE_FORM: "forms",
        Attribute.CATEGORY: "categories",
    }
    says = listed(row, "says")
    values = tuple((attribute, value) for attribute, column in columns.items() for value in listed(row, column))
    named = values or tuple((Attribute.INGREDIENT, one) for one in says)
    return Exclusion(says, named, bool(word(row, "stated")))
