"""How what a product is for stands to what a query needs, and its name to the name asked for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import EfficacyRelation

CLOSENESS = {
    EfficacyRelation.SAME: 0,
    EfficacyRelation.NEAR: 1,
    EfficacyRelation.COMPLEMENTARY: 2,
    EfficacyRelation.OPPOSED: 3,
    EfficacyRelation.OTHER: 4,
    EfficacyRelation.UNKNOWN: 5,
}


class NameRelation(StrEnum):
    """How the core names of both sides stand to each other."""

    SAME = "same"
    VARIANT = "variant"
    ALIKE = "alike"
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
    found = (Related(_relation(one, other, lexicon), one, other) for one in wanted for other in served)
    return min(found, key=lambda one: CLOSENESS[one.relation])


def _relation(wanted: str, served: str, lexicon: Lexicon) -> EfficacyRelation:
    if wanted in lexicon.broader_efficacy(served):
        return EfficacyRelation.SAME
    row = lexicon.efficacy.get(wanted)
    if row is None:
        return EfficacyRelation.OTHER
    if served in row.near:
        return EfficacyRelation.NEAR
    if served in row.complementary:
        return EfficacyRelation.COMPLEMENTARY
    return EfficacyRelation.OPPOSED if served in row.opposed else EfficacyRelation.OTHER


def relate_names(
    query: tuple[str, ...], product: tuple[str, ...], near: Collection[str], overlap: float, lexicon: Lexicon
) -> NameRelation:
    """The same medicine, a close variant of it (a compound, a name with more to it), one alike in name, or another.

    `near` are medicines whose names are part of a name on the other side.
    """
    if not query:
        return NameRelation.NOT_ASKED
    if set(query) <= set(product):
        return NameRelation.SAME
    if set(query) & {*near, *product} or any(is_variant(one, other, lexicon) for one in query for other in product):
        return NameRelation.VARIANT
    alike = max((name_overlap(one, other, lexicon) for one in query for other in product), default=0.0)
    if alike >= (1 + overlap) / 2:
        return NameRelation.VARIANT
    return NameRelation.ALIKE if alike >= overlap else NameRelation.OTHER


def is_variant(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether two medicines share what they are made of: a compound and the single ingredient, two salts of one."""
    left, right = lexicon.medicines.get(one), lexicon.medicines.get(other)
    if left is None or right is None:
        return False
    shared = set(left.ingredients) & set(right.ingredients)
    smaller = min(len(left.ingredients), len(right.ingredients))
    return 2 * len(shared) > smaller or other in left.ingredients or one in right.ingredients


def name_overlap(one: str, other: str, lexicon: Lexicon) -> float:
    """Share of the shorter name's character pairs that the other has too, when the lexicon lacks one of them."""
    if one in lexicon.medicines and other in lexicon.medicines:
        return 0.0
    left = {one[i : i + 2] for i in range(len(one) - 1)}
    right = {other[i : i + 2] for i in range(len(other) - 1)}
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0
