"""How what a product is for stands to what a query needs, and its name to the name asked for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import EfficacyRelation

MEDICINES = frozenset({"中药", "西药", "健康"})
SHORTEST_STEM = 4
CLOSENESS = {
    EfficacyRelation.SAME: 0,
    EfficacyRelation.NEAR: 1,
    EfficacyRelation.COMPLEMENTARY: 2,
    EfficacyRelation.OPPOSED: 3,
    EfficacyRelation.OTHER: 4,
    EfficacyRelation.UNKNOWN: 5,
}
CHIEF_USES, MAIN_USES = 1, 2
"""How many uses of the medicine asked for, and of a product, count beside a near one; files list the main ones first."""
SAME_ENDING = 0.5
"""How much alike two names are that end in the same word, which mostly says what a medicine does: 清脂, 生发."""
FEWEST_PAIRS = 2
"""Pairs of characters that names alike have in common at least: 二氧化碳 is not like 氧化锌."""
SHORTEST_PARENT = 3
"""Characters of a Western medicine's name that its esters and isomers end in: 红霉素 of 琥乙红霉素."""


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


def relate_medicines(query: Sequence[str], product: Sequence[str], lexicon: Lexicon) -> Related:
    """How what two different medicines are for is related: any use in common, or main uses that are near.

    A neighbour of a lesser use of the medicine asked for makes no substitute of another.
    """
    related = relate_efficacy(query, product, lexicon)
    if related.relation in (EfficacyRelation.SAME, EfficacyRelation.UNKNOWN):
        return related
    return relate_efficacy(query[:CHIEF_USES], product[:MAIN_USES], lexicon)


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
    asked: Sequence[Collection[str]],
    product: tuple[str, ...],
    near: Collection[str],
    overlap: float,
    lexicon: Lexicon,
) -> NameRelation:
    """The same medicine, a close variant of it (a compound, a name with more to it), one alike in name, or another.

    `asked` holds for each name in the query what it may mean; the product must be one of each. `near` are
    medicines whose names are part of a name on either side.
    """
    if not asked:
        return NameRelation.NOT_ASKED
    if all(_is_among(group, product, lexicon) for group in asked):
        return NameRelation.SAME
    query = [name for group in asked for name in group]
    if set(query) & {*near, *product} or any(is_variant(one, other, lexicon) for one in query for other in product):
        return NameRelation.VARIANT
    alike = max((name_overlap(one, other, lexicon) for one in query for other in product), default=0.0)
    if alike >= (1 + overlap) / 2:
        return NameRelation.VARIANT
    return NameRelation.ALIKE if alike >= overlap else NameRelation.OTHER


def _is_among(group: Collection[str], product: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the product is one of the things that a name may mean, or the same single ingredient."""
    if set(group) & set(product):
        return True
    single = {one for name in group if (one := single_ingredient(name, lexicon))}
    return any(single_ingredient(name, lexicon) in single for name in product)


def single_ingredient(name: str, lexicon: Lexicon) -> str:
    """The only ingredient of a medicine, or an empty text."""
    medicine = lexicon.medicines.get(name)
    return medicine.ingredients[0] if medicine and len(medicine.ingredients) == 1 else ""


def is_variant(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether two medicines share what they are made of (a compound and the single ingredient, two salts of one),
    one is named after the other and serves the same (地氯雷他定 and 氯雷他定), or both are goods of one kind."""
    left, right = lexicon.medicines.get(one), lexicon.medicines.get(other)
    if left is None or right is None:
        return False
    if set(left.kinds) & set(right.kinds) and left.category == right.category and left.category not in MEDICINES:
        return bool(set(left.efficacy) & set(right.efficacy))
    if is_named_after(one, other) or is_named_after(other, one):
        return bool(set(left.efficacy) & set(right.efficacy))
    shared = set(left.ingredients) & set(right.ingredients)
    smaller = min(len(left.ingredients), len(right.ingredients))
    return 2 * len(shared) > smaller or other in left.ingredients or one in right.ingredients


def is_named_after(name: str, parent: str) -> bool:
    """Whether a name holds another one that is long enough to tell, or ends in it: 地氯雷他定, 琥乙红霉素."""
    if len(parent) >= SHORTEST_STEM:
        return parent in name
    return len(parent) >= SHORTEST_PARENT and name.endswith(parent)


def name_overlap(asked: str, other: str, lexicon: Lexicon) -> float:
    """Share of the shorter name's character pairs that the other has too, when the lexicon lacks the one asked for."""
    if asked in lexicon.medicines:
        return 0.0
    left = {asked[i : i + 2] for i in range(len(asked) - 1)}
    right = {other[i : i + 2] for i in range(len(other) - 1)}
    if not left or not right:
        return 0.0
    if asked[-2:] == other[-2:]:
        return max(SAME_ENDING, len(left & right) / min(len(left), len(right)))
    enough = FEWEST_PAIRS if other in lexicon.medicines else 1
    return len(left & right) / min(len(left), len(right)) if len(left & right) >= enough else 0.0
