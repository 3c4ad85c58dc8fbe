"""Reading a query: what the shopper names, and what is left that nothing is known of."""

from dataclasses import dataclass

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

PARTS = frozenset({Kind.MEDICINE, Kind.EFFICACY, Kind.NEED, Kind.CATEGORY})
"""Kinds of words that may be the first part of a longer name."""
WHOLES = frozenset({Kind.BRAND})
PREFIXES = frozenset({"复方", "加味", "人工", "复合", "甲基"})
"""What makes another medicine of the name behind it."""


def read_query(text: str, lexicon: Lexicon) -> Reading:
    """What a normalised query says. Only mentions of origin `text` are asked for; the rest is knowledge of them."""
    hits = read_names(text, lexicon)
    forms = read_forms(text, lexicon, hits)
    strengths = list(read_strengths(text))
    taken = [(h.start, h.end) for h in (*hits, *forms)] + [(start, end) for start, end, _ in strengths]
    rest = leftovers(text, taken)
    gathered = Gathered()
    names = composite_names(text, hits, forms, rest)
    near = [entry.value for name in names for hit in name.hits for entry in hit.entries if entry.kind is Kind.MEDICINE]
    inside = {hit for name in names for hit in name.hits}
    for name in names:
        gathered.add(Attribute.CORE_NAME, text[name.start : name.end], name.start, name.end)
    for hit in hits:
        _take(hit, gathered, lexicon, alone=_names_alone(hit, hits), part=hit in inside)
    for hit in forms:
        gathered.add(Attribute.DOSAGE_FORM, hit.entries[0].value, hit.start, hit.end)
    for start, end, strength in strengths:
        gathered.add(Attribute.STRENGTH, strength, start, end)
    left = tuple(word for start, end, word in rest if not any(n.start <= start and end <= n.end for n in names))
    return Reading(text, tuple(gathered.mentions), gathered.frozen_values(), left, tuple(near))


@dataclass(frozen=True, slots=True)
class CompositeName:
    """A name the lexicon lacks: unknown characters, with the hits that are part of the same name."""

    start: int
    end: int
    hits: tuple[Hit, ...]


def composite_names(
    text: str, hits: list[Hit], forms: list[Hit], rest: list[tuple[int, int, str]]
) -> list[CompositeName]:
    """Names made of unknown characters: those that a dosage form follows, with the words they continue
    (维c清脂|片), and single characters or 复方 in front of a medicine (左|西替利嗪)."""
    form_starts = {hit.start for hit in forms}
    ending = {hit.end: hit for hit in hits}
    starting = {hit.start: hit for hit in hits}
    found = []
    for start, end, word in rest:
        if end in form_starts and len(word) > 1:
            parts = []
            while (hit := ending.get(start)) and kinds_named(hit) & PARTS and not kinds_named(hit) & WHOLES:
                parts.append(hit)
                start = hit.start
            found.append(CompositeName(start, end, tuple(parts)))
        elif (hit := starting.get(end)) and Kind.MEDICINE in kinds_named(hit) and (len(word) == 1 or word in PREFIXES):
            found.append(CompositeName(start, hit.end, (hit,)))
    return found


def _names_alone(hit: Hit, hits: list[Hit]) -> bool:
    """Whether no other hit names goods, so that a brand that is a medicine's name as well is the thing asked for."""
    return not any(kinds_named(other) & {Kind.MEDICINE, Kind.CATEGORY} for other in hits if other is not hit)


def _take(hit: Hit, gathered: Gathered, lexicon: Lexicon, *, alone: bool, part: bool) -> None:
    """Take up what a hit names; one that is `part` of a longer name only adds what is known of it."""
    kinds = kinds_named(hit)
    if part:
        _take_part(hit, gathered, lexicon)
        return
    for entry in hit.entries:
        match entry.kind:
            case Kind.MEDICINE if Kind.CATEGORY not in kinds and (Kind.BRAND not in kinds or alone):
                gathered.add(Attribute.CORE_NAME, entry.value, hit.start, hit.end)
                add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
            case Kind.BRAND:
                _take_brand(hit, entry.value, gathered, lexicon)
            case Kind.CATEGORY:
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


def _take_part(hit: Hit, gathered: Gathered, lexicon: Lexicon) -> None:
    for entry in hit.entries:
        match entry.kind:
            case Kind.MEDICINE:
                add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
            case Kind.EFFICACY:
                gathered.add(Attribute.EFFICACY, entry.value, hit.start, hit.end, "knowledge")
            case Kind.NEED:
                for term in lexicon.needs[entry.value].efficacy:
                    gathered.add(Attribute.EFFICACY, term, hit.start, hit.end, "knowledge")


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
