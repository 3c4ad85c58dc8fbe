"""How what a product is for stands to what a query needs, and its name to the name asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import EfficacyRelation

MAIN_TERMS = 5
"""How many efficacy terms of a side count as its main uses; the files list the main ones first."""


class NameRelation(StrEnum):
    """How the core names of both sides stand to each other."""

    SAME = "same"
    VARIANT = "variant"
    OTHER = "other"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Related:
    """A relation and the two terms it was found on."""

    relation: EfficacyRelation
    query: str = ""
    product: str = ""


def relate_efficacy(query: Iterable[str], product: Iterable[str], lexicon: Lexicon) -> Related:
    """The closest relation between a term that the query needs and one that the product serves."""
    wanted, served = tuple(query), tuple(product)
    if not wanted or not served:
        return Related(EfficacyRelation.UNKNOWN)
    for relation, holds in (
        (EfficacyRelation.SAME, _same),
        (EfficacyRelation.OPPOSED, _opposed),
        (EfficacyRelation.NEAR, _near),
        (EfficacyRelation.COMPLEMENTARY, _complementary),
    ):
        for one in wanted:
            for other in served:
                if holds(one, other, lexicon):
                    return Related(relation, one, other)
    return Related(EfficacyRelation.OTHER, wanted[0], served[0])


def _same(wanted: str, served: str, lexicon: Lexicon) -> bool:
    return wanted in lexicon.broader_efficacy(served)


def _opposed(wanted: str, served: str, lexicon: Lexicon) -> bool:
    row = lexicon.efficacy.get(wanted)
    return row is not None and served in row.opposed


def _near(wanted: str, served: str, lexicon: Lexicon) -> bool:
    row = lexicon.efficacy.get(wanted)
    return row is not None and served in row.near


def _complementary(wanted: str, served: str, lexicon: Lexicon) -> bool:
    row = lexicon.efficacy.get(wanted)
    return row is not None and served in row.complementary


def relate_names(
    query: tuple[str, ...], product: tuple[str, ...], near: tuple[str, ...], overlap: float, lexicon: Lexicon
) -> NameRelation:
    """The same medicine, a close variant of it (a relative, a compound, a name inside the other), or another."""
    if not query:
        return NameRelation.NOT_ASKED
    if set(query) <= set(product):
        return NameRelation.SAME
    for one in query:
        for other in product:
            if _is_variant(one, other, lexicon) or pair_overlap(one, other, lexicon) >= overlap:
                return NameRelation.VARIANT
    return NameRelation.VARIANT if set(query) & {*near, *product} else NameRelation.OTHER


def _is_variant(one: str, other: str, lexicon: Lexicon) -> bool:
    left, right = lexicon.medicines.get(one), lexicon.medicines.get(other)
    if left is None or right is None:
        return False
    if set(left.ingredients) & set(right.ingredients):
        return True
    return other in left.ingredients or one in right.ingredients


def pair_overlap(one: str, other: str, lexicon: Lexicon) -> float:
    """Share of character pairs that two names have in common (Dice), when the lexicon lacks one of them."""
    if one in lexicon.medicines and other in lexicon.medicines:
        return 0.0
    left = {one[i : i + 2] for i in range(len(one) - 1)}
    right = {other[i : i + 2] for i in range(len(other) - 1)}
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
