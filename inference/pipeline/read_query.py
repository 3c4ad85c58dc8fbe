"""Reading a query: what the shopper names, and what is left that nothing is known of."""

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.pipeline.reading import (
    Gathered,
    Reading,
    add_medicine,
    kinds_named,
    leftovers,
    read_forms,
    read_names,
    read_strengths,
)
from rules.engine.attributes import Attribute


def read_query(text: str, lexicon: Lexicon) -> Reading:
    """What a normalised query says. Only mentions of origin `text` are asked for; the rest is knowledge of them."""
    hits = read_names(text, lexicon)
    forms = read_forms(text, lexicon, hits)
    strengths = list(read_strengths(text))
    gathered = Gathered()
    for hit in hits:
        _take(hit, gathered, lexicon, alone=_names_alone(hit, hits))
    for hit in forms:
        gathered.add(Attribute.DOSAGE_FORM, hit.entries[0].value, hit.start, hit.end)
    for start, end, strength in strengths:
        gathered.add(Attribute.STRENGTH, strength, start, end)
    taken = [(h.start, h.end) for h in (*hits, *forms)] + [(start, end) for start, end, _ in strengths]
    rest = tuple(word for _, _, word in leftovers(text, taken))
    return Reading(text, tuple(gathered.mentions), gathered.frozen_values(), rest)


def _names_alone(hit: Hit, hits: list[Hit]) -> bool:
    """Whether no other hit names goods, so that a brand that is a medicine's name as well is the thing asked for."""
    return not any(kinds_named(other) & {Kind.MEDICINE, Kind.CATEGORY} for other in hits if other is not hit)


def _take(hit: Hit, gathered: Gathered, lexicon: Lexicon, *, alone: bool) -> None:
    kinds = kinds_named(hit)
    for entry in hit.entries:
        match entry.kind:
            case Kind.MEDICINE if Kind.BRAND not in kinds or alone:
                gathered.add(Attribute.CORE_NAME, entry.value, hit.start, hit.end)
                add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
            case Kind.BRAND:
                _take_brand(hit, entry.value, gathered, lexicon)
            case Kind.CATEGORY if Kind.MEDICINE not in kinds:
                gathered.add(Attribute.CATEGORY, entry.value, hit.start, hit.end)
                for term in lexicon.efficacy_of_category(entry.value):
                    gathered.add(Attribute.EFFICACY, term, hit.start, hit.end, "knowledge")
            case Kind.EFFICACY if Kind.MEDICINE not in kinds:
                gathered.add(Attribute.EFFICACY, entry.value, hit.start, hit.end)
            case Kind.NEED if Kind.MEDICINE not in kinds:
                _take_need(hit, entry.value, gathered, lexicon)
            case Kind.POPULATION:
                gathered.add(Attribute.POPULATION, entry.value, hit.start, hit.end)
            case Kind.REGION:
                gathered.add(Attribute.REGION, entry.value, hit.start, hit.end)


def _take_brand(hit: Hit, name: str, gathered: Gathered, lexicon: Lexicon) -> None:
    gathered.add(Attribute.BRAND, name, hit.start, hit.end)
    medicine = lexicon.brands[name].stands_for
    if medicine:
        gathered.add(Attribute.CORE_NAME, medicine, hit.start, hit.end, "knowledge")
        add_medicine(gathered, lexicon, medicine, hit.start, hit.end)


def _take_need(hit: Hit, says: str, gathered: Gathered, lexicon: Lexicon) -> None:
    need = lexicon.needs[says]
    for term in need.efficacy:
        gathered.add(Attribute.EFFICACY, term, hit.start, hit.end)
    for category in need.category:
        gathered.add(Attribute.CATEGORY, category, hit.start, hit.end)
    for population in need.population:
        gathered.add(Attribute.POPULATION, population, hit.start, hit.end)
