"""Both sides, attribute by attribute: what the query asks for, and whether the product is it and shows it."""

from collections.abc import Collection
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import COUNTRIES
from inference.pipeline.audience import audience, is_unfit
from inference.pipeline.brands import BRACKET, begins_or_ends
from inference.pipeline.excluded import harmful, held_of, with_excluded
from inference.pipeline.needs import meet_all, needs_of
from inference.pipeline.parameters import Parameters
from inference.pipeline.reading import Reading, stands_in
from inference.pipeline.relate import (
    CLOSENESS,
    NameRelation,
    Related,
    is_named_after,
    relate_efficacy,
    relate_medicines,
    relate_names,
)
from inference.pipeline.release import serves_forms
from inference.pipeline.trace import Agreement, Compared, EfficacyRelation
from rules.engine.attributes import Attribute

SIZES = frozenset({"ml", "mm", "cm", "kg", "毫升", "毫米", "厘米", "公分", "公斤", "千克"})
"""Units of a pack, whose size does not matter."""
COMPOUND = 3
"""Ingredients that make a compound of a product; one beside the main one is often only an aid."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that Algorithm 1 reads of a pair, apart from the rules.

    `unfit`: made for an audience that leaves out the one asked for. `harmful`: attributes on which the
    product is or has what the shopper rules out. `contains`: the title has the whole query
    as it stands; `all_characters`: it has every character of it.
    """

    compared: tuple[Compared, ...]
    names: NameRelation
    efficacy: Related
    unfit: bool
    harmful: frozenset[Attribute]
    contains: bool
    all_characters: bool


def compare(query: Reading, product: Reading, lexicon: Lexicon, parameters: Parameters) -> Comparison:
    """Attribute by attribute; an attribute the query leaves open is not asked."""
    kinds = frozenset(above for kind in product.of(Attribute.CATEGORY) for above in lexicon.kinds_of(kind))
    needs = meet_all(needs_of(query, lexicon), product, kinds, lexicon)
    names = _names(query, product, lexicon, parameters)
    held = held_of(query, product, lexicon)
    found = (
        _brand(query, product, lexicon, parameters),
        _core(query, product, names),
        _ingredient(query, product, lexicon),
        *_uses(query, product, kinds, needs, names),
        _form(query, product, lexicon),
        _shown(Attribute.STRENGTH, query, product, set(product.of(Attribute.STRENGTH))),
        audience(asked(query, Attribute.POPULATION), product, lexicon),
        _region(query, product),
    )
    return Comparison(
        compared=with_excluded(found, query, product, held, lexicon),
        names=names,
        efficacy=_efficacy(query, product, names, needs, lexicon),
        unfit=is_unfit(asked(query, Attribute.POPULATION), product, lexicon),
        harmful=harmful(held),
        contains=stands_in(query.text, product.own_text),
        all_characters=bool(query.text) and set(query.text.replace(" ", "")) <= set(product.own_text),
    )


def asked(query: Reading, attribute: Attribute) -> tuple[str, ...]:
    """The values of an attribute that the words of the query name themselves."""
    named = {m.value for m in query.mentions if m.attribute is attribute and m.origin == "text"}
    return tuple(value for value in query.of(attribute) if value in named)


def unknown_words(query: Reading) -> tuple[str, ...]:
    """Words of the query that nothing is known of and the title lacks; single characters and units say nothing."""
    return tuple(word for word in query.rest if len(word) > 1 and not word[0].isdigit() and word not in SIZES)


def _names_goods(query: Reading) -> bool:
    """Whether the query says by any known word what is wanted."""
    wanted = (Attribute.CORE_NAME, Attribute.CATEGORY, Attribute.EFFICACY)
    return any(query.of(attribute) for attribute in wanted)


def core_names(query: Reading) -> tuple[str, ...]:
    """The core names asked for: known ones, or else the words nothing is known of, when nothing else names goods."""
    if known := query.of(Attribute.CORE_NAME):
        return known
    if _names_goods(query):
        return ()
    return (*query.shown, *unknown_words(query))


def _names(query: Reading, product: Reading, lexicon: Lexicon, parameters: Parameters) -> NameRelation:
    branded = in_brand(query, product)
    asked_names = [group for group in core_groups(query) if not set(group) <= set(branded)]
    only_trade_name = query.of(Attribute.CORE_NAME) and _names_only_brands(query, lexicon)
    if only_trade_name and any(_is_brand(one, query, product, lexicon) for one in asked(query, Attribute.BRAND)):
        return NameRelation.SAME  # whatever the brand sells is what was asked for
    near = {*query.near_cores, *product.near_cores}
    shown = (*product.of(Attribute.CORE_NAME), *(word for word in query.shown if word not in branded))
    related = relate_names(asked_names, shown, near, parameters.name_overlap, lexicon)
    if related is NameRelation.SAME and len(asked_names) == 1 and _names_together(product) > 1:
        related = NameRelation.VARIANT
    known = all(name in lexicon.medicines for group in asked_names for name in group)
    if related is not NameRelation.VARIANT or not known or not _serve_otherwise(query, product, lexicon):
        return related
    pairs = ((one, other) for group in asked_names for one in group for other in shown)
    named_after = any(is_named_after(one, other) or is_named_after(other, one) for one, other in pairs)
    return NameRelation.ALIKE if named_after else NameRelation.OTHER


def _serve_otherwise(query: Reading, product: Reading, lexicon: Lexicon) -> bool:
    """Whether what both are for is known and has nothing to do with each other: vitamin C and a cold remedy with it."""
    related = relate_efficacy(query.of(Attribute.EFFICACY), product.of(Attribute.EFFICACY), lexicon)
    return related.relation in (EfficacyRelation.OTHER, EfficacyRelation.OPPOSED)


def _names_together(product: Reading) -> int:
    """How many names in a row make up the name of the product: 水飞蓟葛根丹参片 is no 丹参片."""
    spans = {
        (m.start, m.end)
        for m in product.mentions
        if m.attribute is Attribute.CORE_NAME and m.origin == "text" and m.end
    }
    starts = {start for start, _ in spans}
    return 1 + sum(end in starts for _, end in spans) if spans else 0


def _names_only_brands(query: Reading, lexicon: Lexicon) -> bool:
    """Whether every core name of the query comes from a brand, or is a brand as well (云南白药)."""
    if any(name not in lexicon.medicines for name in asked(query, Attribute.CORE_NAME)):
        return False
    brands = {(m.start, m.end) for m in query.mentions if m.attribute is Attribute.BRAND}
    cores = [m for m in query.mentions if m.attribute is Attribute.CORE_NAME]
    return all((core.start, core.end) in brands for core in cores)


def core_groups(query: Reading) -> list[tuple[str, ...]]:
    """The core names asked for, those that one word may mean together; a brand's own medicine only if none is named."""
    if not query.of(Attribute.CORE_NAME):
        return [(name,) for name in core_names(query)]
    named = [m for m in query.mentions if m.attribute is Attribute.CORE_NAME]
    named = [m for m in named if m.origin == "text"] or named
    groups: dict[tuple[int, int], list[str]] = {}
    for mention in named:
        groups.setdefault((mention.start, mention.end), []).append(mention.value)
    return [tuple(group) for group in groups.values()]


def _efficacy(query: Reading, product: Reading, names: NameRelation, needs: list[Related], lexicon: Lexicon) -> Related:
    """By the name where one is asked for: a variant serves the same; another name goes by what both are for."""
    if names in (NameRelation.SAME, NameRelation.VARIANT):
        return Related(
            EfficacyRelation.SAME, core_names(query)[0], next(iter(product.of(Attribute.CORE_NAME)), product.text)
        )
    if names is NameRelation.NOT_ASKED and needs:
        return needs[0]
    related = relate_medicines(query.of(Attribute.EFFICACY), product.of(Attribute.EFFICACY), lexicon)
    related = min([related, *needs], key=lambda one: CLOSENESS[one.relation])
    unlike = (EfficacyRelation.UNKNOWN, EfficacyRelation.OTHER)
    if names is NameRelation.ALIKE and related.relation in unlike:
        return Related(EfficacyRelation.NEAR, core_names(query)[0], product.of(Attribute.CORE_NAME)[0])
    return related


def _brand(query: Reading, product: Reading, lexicon: Lexicon, parameters: Parameters) -> Compared:
    wanted, shown = (*asked(query, Attribute.BRAND), *in_brand(query, product)), product.of(Attribute.BRAND)
    strange = unknown_words(query) if parameters.unknown_words_count and _names_goods(query) else ()
    if not wanted and not strange:
        return Compared(Attribute.BRAND, Agreement.NOT_ASKED, (), shown)
    met = all(_is_brand(brand, query, product, lexicon) for brand in wanted) and not strange
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    return Compared(Attribute.BRAND, Agreement.SAME if met else missing, (*wanted, *strange), shown)


def in_brand(query: Reading, product: Reading) -> tuple[str, ...]:
    """Words of the query that nothing is known of and that are part of the brand the title shows."""
    spans = [product.text[m.start : m.end] for m in product.mentions if m.attribute is Attribute.BRAND]
    return tuple(word for word in query.shown if any(begins_or_ends(span, word) for span in (*spans, product.maker)))


def _is_brand(brand: str, query: Reading, product: Reading, lexicon: Lexicon) -> bool:
    """Whether the product's brand is the one asked for: by name, by its maker, or by the words of its brackets."""
    row = lexicon.brands.get(brand)
    shown = product.of(Attribute.BRAND)
    if brand in shown or brand in query.shown or (row is not None and row.stands_for and row.maker in shown):
        return True
    if any(_is_family(brand, name, lexicon) for name in shown):
        return True
    if brand in {other.maker for name in shown if (other := lexicon.brands.get(name)) is not None}:
        return True
    spoken = [m for m in query.mentions if m.value == brand and m.attribute is Attribute.BRAND]
    said = {query.text[m.start : m.end] for m in spoken}
    bracket = BRACKET.match(product.text)
    at = query.text.find(bracket["brand"]) if bracket else -1
    if bracket and at >= 0 and any(at <= m.start and m.end <= at + len(bracket["brand"]) for m in spoken):
        return True
    spans = {(m.start, m.end) for m in product.mentions if m.attribute is Attribute.BRAND}
    if any(begins_or_ends(product.text[start:end], one) for start, end in spans for one in said if one):
        return True
    elsewhere = product.own_text
    for start, end in spans:
        elsewhere = elsewhere[:start] + " " * (end - start) + elsewhere[end:]
    return any(len(one) > 1 and stands_in(one, elsewhere) for one in said)


def _is_family(asked: str, shown: str, lexicon: Lexicon) -> bool:
    """Whether one brand is named after the other, of the same maker and for the same medicine: 毓婷 and 金毓婷."""
    one, other = lexicon.brands.get(asked), lexicon.brands.get(shown)
    if one is None or other is None or not one.maker or not one.stands_for:
        return False
    return asked in shown and (one.maker, one.stands_for) == (other.maker, other.stands_for)


def _core(query: Reading, product: Reading, names: NameRelation) -> Compared:
    shown = product.of(Attribute.CORE_NAME)
    agreement = {
        NameRelation.NOT_ASKED: Agreement.NOT_ASKED,
        NameRelation.SAME: Agreement.SAME,
    }.get(names, Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN)
    return Compared(Attribute.CORE_NAME, agreement, core_names(query), shown)


def _ingredient(query: Reading, product: Reading, lexicon: Lexicon) -> Compared:
    """A kind of goods asked for by its one ingredient is not met in full by a compound of it."""
    if asked(query, Attribute.INGREDIENT):
        return _shown(Attribute.INGREDIENT, query, product, set(product.of(Attribute.INGREDIENT)))
    wanted, shown = query.of(Attribute.INGREDIENT), product.of(Attribute.INGREDIENT)
    if len(wanted) != 1 or not asked(query, Attribute.CATEGORY):
        return Compared(Attribute.INGREDIENT, Agreement.NOT_ASKED, wanted, shown)
    agreement = Agreement.DIFFERENT if len(shown) >= COMPOUND else Agreement.SAME
    return Compared(Attribute.INGREDIENT, agreement, wanted, shown)


def _uses(
    query: Reading, product: Reading, kinds: Collection[str], needs: list[Related], names: NameRelation
) -> tuple[Compared, Compared]:
    """The needs and the category asked for. Beside the very medicine asked for, what for is the shopper's affair."""
    if names is NameRelation.SAME and asked(query, Attribute.CORE_NAME):
        open_ = (Attribute.EFFICACY, Attribute.CATEGORY)
        need, category = (Compared(one, Agreement.NOT_ASKED, query.of(one), product.of(one)) for one in open_)
        return need, category
    return _need(query, product, needs), _category(query, product, kinds, needs)


def _need(query: Reading, product: Reading, needs: list[Related]) -> Compared:
    """Every need that the query's own words state, the one least met deciding."""
    wanted, shown = query.of(Attribute.EFFICACY), product.of(Attribute.EFFICACY)
    if not asked(query, Attribute.EFFICACY):
        return Compared(Attribute.EFFICACY, Agreement.NOT_ASKED, wanted, shown)
    agreement = {EfficacyRelation.SAME: Agreement.SAME, EfficacyRelation.UNKNOWN: Agreement.NOT_SHOWN}
    return Compared(Attribute.EFFICACY, agreement.get(needs[-1].relation, Agreement.DIFFERENT), wanted, shown)


def _category(query: Reading, product: Reading, kinds: Collection[str], needs: list[Related]) -> Compared:
    wanted, shown = asked(query, Attribute.CATEGORY), product.of(Attribute.CATEGORY)
    if not wanted:
        return Compared(Attribute.CATEGORY, Agreement.NOT_ASKED, query.of(Attribute.CATEGORY), shown)
    met = set(wanted) & set(kinds) or needs[-1].relation is EfficacyRelation.SAME
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    return Compared(Attribute.CATEGORY, Agreement.SAME if met else missing, wanted, shown)


def _shown(attribute: Attribute, query: Reading, product: Reading, held: Collection[str]) -> Compared:
    """An attribute of which the product must hold every value that the query names."""
    wanted, shown = asked(query, attribute), product.of(attribute)
    if not wanted:
        return Compared(attribute, Agreement.NOT_ASKED, (), shown)
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    return Compared(attribute, Agreement.SAME if set(wanted) <= set(held) else missing, wanted, shown)


def _form(query: Reading, product: Reading, lexicon: Lexicon) -> Compared:
    wanted, shown = asked(query, Attribute.DOSAGE_FORM), product.of(Attribute.DOSAGE_FORM)
    if not wanted:
        return Compared(Attribute.DOSAGE_FORM, Agreement.NOT_ASKED, (), shown)
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    met = serves_forms(query, wanted, shown, lexicon)
    return Compared(Attribute.DOSAGE_FORM, Agreement.SAME if met else missing, wanted, shown)


def _region(query: Reading, product: Reading) -> Compared:
    """A foreign origin is part of what is asked for; a place at home is usually the maker's or the shopper's."""
    wanted, shown = asked(query, Attribute.REGION), product.of(Attribute.REGION)
    if not set(wanted) & set(COUNTRIES):
        return Compared(Attribute.REGION, Agreement.NOT_ASKED, wanted, shown)
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    met = all(one in shown or one in product.own_text for one in set(wanted) & set(COUNTRIES))
    return Compared(Attribute.REGION, Agreement.SAME if met else missing, wanted, shown)
