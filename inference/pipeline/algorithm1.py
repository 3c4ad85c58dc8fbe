"""Algorithm 1 of AR-Med, line by line: the level a pair has before the rules have their say."""

from collections.abc import Collection
from dataclasses import dataclass

from inference.pipeline.compare import Comparison
from inference.pipeline.parameters import Parameters
from inference.pipeline.relate import NameRelation
from inference.pipeline.trace import Agreement, EfficacyRelation
from rules.engine.attributes import Attribute, Level

CORE = frozenset(
    {
        Attribute.BRAND,
        Attribute.CORE_NAME,
        Attribute.EFFICACY,
        Attribute.CATEGORY,
        Attribute.DOSAGE_FORM,
        Attribute.INGREDIENT,
        Attribute.STRENGTH,
        Attribute.POPULATION,
        Attribute.REGION,
    }
)
"""The attributes whose mismatch keeps a product of the right efficacy from being highly relevant."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The level that a line of the algorithm proposes, and what it rests on."""

    line: int
    level: Level
    grounds: tuple[tuple[str, str], ...]


def mismatched(comparison: Comparison) -> frozenset[Attribute]:
    """The attributes on which the product is not, or does not show, what the query asks for."""
    missed = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)
    return frozenset(one.attribute for one in comparison.compared if one.agreement in missed)


def propose(comparison: Comparison, parameters: Parameters, waived: Collection[Attribute] = ()) -> Proposal:
    """The first line that holds. A mismatch on a waived attribute does not count."""
    missed = mismatched(comparison) & CORE - frozenset(waived)
    relation = comparison.efficacy.relation
    on = (("query", comparison.efficacy.query), ("product", comparison.efficacy.product))
    if comparison.unfit and Attribute.POPULATION not in waived:
        return Proposal(6, Level.IRRELEVANT, (("unfit", Attribute.POPULATION.value),))
    if harmful := comparison.harmful - frozenset(waived):
        return Proposal(6, Level.IRRELEVANT, tuple(("ruled_out", one.value) for one in sorted(harmful)))
    if _is_same(comparison, relation, waived):
        return _consistent(comparison, missed, on)
    if relation in (EfficacyRelation.SAME, EfficacyRelation.NEAR, EfficacyRelation.COMPLEMENTARY):
        return Proposal(5, Level.WEAKLY, (("relation", relation.value), *on))
    if parameters.same_brand_is_weak and _brand_is_same(comparison):
        return Proposal(5, Level.WEAKLY, (("same", Attribute.BRAND.value),))
    return Proposal(6, Level.IRRELEVANT, (("relation", relation.value), *on))


def _is_same(comparison: Comparison, relation: EfficacyRelation, waived: Collection[Attribute]) -> bool:
    """Whether the efficacy matches: of the medicine asked for, or of the need; a bare brand asks for neither."""
    if _only_brand_asked(comparison):
        return _brand_is_same(comparison) or Attribute.BRAND in waived
    if comparison.names in (NameRelation.OTHER, NameRelation.ALIKE) and Attribute.CORE_NAME not in waived:
        return False
    return relation is EfficacyRelation.SAME


def _consistent(comparison: Comparison, missed: frozenset[Attribute], on: tuple[tuple[str, str], ...]) -> Proposal:
    """Lines 1 to 4: the efficacy is that asked for."""
    if missed:
        return Proposal(4, Level.MODERATELY, (*(("mismatch", one.value) for one in sorted(missed)), *on))
    if comparison.contains:
        return Proposal(1, Level.HIGHLY, (("contains", "whole"), *on))
    if comparison.all_characters:
        return Proposal(2, Level.HIGHLY, (("contains", "characters"), *on))
    return Proposal(3, Level.HIGHLY, (("same", "core"), *on))


def _agreement(comparison: Comparison, attribute: Attribute) -> Agreement:
    return next(one.agreement for one in comparison.compared if one.attribute is attribute)


def _brand_is_same(comparison: Comparison) -> bool:
    """Whether one of the brands asked for is the product's, unknown words left aside."""
    brand = next(one for one in comparison.compared if one.attribute is Attribute.BRAND)
    return brand.agreement is Agreement.SAME or bool(set(brand.query) & set(brand.product))


def _only_brand_asked(comparison: Comparison) -> bool:
    open_ = (Agreement.NOT_ASKED,)
    asks = {one.attribute for one in comparison.compared if one.agreement not in open_}
    return asks == {Attribute.BRAND} and comparison.efficacy.relation is EfficacyRelation.UNKNOWN
