"""What each word of a query needs, and whether the product meets it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.relate import CLOSENESS, Related, relate_efficacy
from inference.pipeline.trace import EfficacyRelation
from rules.engine.attributes import Attribute

USES = frozenset({"中药", "西药", "健康"})
"""Top categories whose parts are mostly named by what they are for."""

SUPPLEMENTS = "营养"
DIRECT_USES = 3
"""How many of a product's uses, the main ones first, serve a need directly; a later one only accompanies it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One stretch of the query that names a use, a category, or both. `stated`: its words are those of the use."""

    efficacy: tuple[str, ...]
    categories: tuple[str, ...]
    stated: bool


def needs_of(query: Reading, lexicon: Lexicon) -> tuple[Need, ...]:
    """The needs a query states, in the order of its words; those that a core name implies are not among them."""
    spans: dict[tuple[int, int], tuple[list[str], list[str]]] = {}
    for mention in query.mentions:
        if mention.origin == "text" and mention.attribute in (Attribute.EFFICACY, Attribute.CATEGORY):
            pair = spans.setdefault((mention.start, mention.end), ([], []))
            pair[mention.attribute is Attribute.CATEGORY].append(mention.value)
    return tuple(
        Need(
            tuple(efficacy) or tuple(term for one in categories for term in lexicon.efficacy_of_category(one)),
            tuple(categories),
            any(says(query.text[start:end], term, lexicon) for term in efficacy),
        )
        for (start, end), (efficacy, categories) in sorted(spans.items())
    )


def says(word: str, term: str, lexicon: Lexicon) -> bool:
    """Whether a word of a query is the term for an efficacy or a synonym of it."""
    row = lexicon.efficacy.get(term)
    return row is not None and word in (row.term, *row.synonyms)


def meet(need: Need, product: Reading, kinds: Collection[str], lexicon: Lexicon) -> Related:
    """How a product stands to one need: of its category or serving it, or near it."""
    for category in need.categories:
        if category in kinds:
            return Related(EfficacyRelation.SAME, category, category)
    related = relate_efficacy(need.efficacy, product.of(Attribute.EFFICACY), lexicon)
    if related.relation is EfficacyRelation.NEAR and _is_another_kind(need, kinds, lexicon):
        return Related(EfficacyRelation.OTHER, related.query, related.product)
    if not need.categories and related.relation is EfficacyRelation.SAME and not _is_direct(need, product, lexicon):
        return Related(EfficacyRelation.NEAR, related.query, related.product)
    by_use = need.stated or not need.categories or any(is_use(category, lexicon) for category in need.categories)
    if related.relation is not EfficacyRelation.SAME or by_use:
        return related
    return Related(EfficacyRelation.NEAR, related.query, related.product)


def _is_direct(need: Need, product: Reading, lexicon: Lexicon) -> bool:
    """Whether one of the product's main uses serves a need."""
    chief = product.of(Attribute.EFFICACY)[:DIRECT_USES]
    return any(not set(need.efficacy).isdisjoint(lexicon.broader_efficacy(term)) for term in chief)


def _is_another_kind(need: Need, kinds: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a supplement was asked for and the product is a medicine: near uses don't bridge that."""
    wanted = {lexicon.kinds_of(category)[-1] for category in need.categories}
    return bool(kinds) and wanted == {SUPPLEMENTS} and SUPPLEMENTS not in kinds


def meet_all(needs: Iterable[Need], product: Reading, kinds: Collection[str], lexicon: Lexicon) -> list[Related]:
    """How a product stands to every need, the closest first."""
    return sorted((meet(need, product, kinds, lexicon) for need in needs), key=lambda one: CLOSENESS[one.relation])


def is_use(category: str, lexicon: Lexicon) -> bool:
    """Whether a category is named by what it is for (感冒药), not by what it consists of (沙坦类, 钙剂) or is (膏药)."""
    lying = lexicon.kinds_of(category)
    if lying[-1] not in USES or category.endswith("类") or category in lexicon.forms:
        return False
    return len(lying) == 2 or category.endswith(("药", "膏"))
