"""What the catalogue gives of a product, in the lexicon's words where it has them."""

from inference.knowledge.leaflet_facts import efficacy_in
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.pipeline.case import Case
from inference.pipeline.reading import Gathered, read_names, read_strengths
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

INDICATION_LENGTH = 300
INDICATION_TERMS = 4
KIND_OF = {
    Attribute.BRAND: Kind.BRAND,
    Attribute.CORE_NAME: Kind.MEDICINE,
    Attribute.EFFICACY: Kind.EFFICACY,
    Attribute.CATEGORY: Kind.CATEGORY,
    Attribute.POPULATION: Kind.POPULATION,
    Attribute.REGION: Kind.REGION,
}


def take_given(gathered: Gathered, case: Case, lexicon: Lexicon) -> None:
    """Take up what the catalogue says; efficacy from the indication where little is known of it."""
    for attribute, values in case.given.items():
        for value in sorted(values):
            for canonical in canonical_values(attribute, normalise(value), lexicon):
                gathered.add(attribute, canonical, origin="given")
    if not case.indication or len(gathered.values.get(Attribute.EFFICACY, {})) >= INDICATION_TERMS:
        return
    for term in efficacy_in(case.indication[:INDICATION_LENGTH], lexicon)[:INDICATION_TERMS]:
        gathered.add(Attribute.EFFICACY, term, origin="given")


def canonical_values(attribute: Attribute, value: str, lexicon: Lexicon) -> list[str]:
    """A given value in canonical words; a brand as it stands when nobody knows it, other unknown words left out."""
    if attribute is Attribute.DOSAGE_FORM:
        return [hit.entries[0].value for hit in lexicon.form_hits(value) if hit.end - hit.start == len(value)]
    if attribute is Attribute.STRENGTH:
        return [strength for _, _, strength in read_strengths(f"{value}*1")]  # a bare weight counts where it is given
    entries = [entry for hit in read_names(value, lexicon) for entry in hit.entries]
    found = [entry.value for entry in entries if entry.kind is KIND_OF.get(attribute)]
    if found or attribute is Attribute.INGREDIENT:
        return found or [value]
    names_goods = any(entry.kind is Kind.MEDICINE for entry in entries)  # merchants write the name there as well
    is_brand = attribute is Attribute.BRAND and any(map(str.isalnum, value)) and not names_goods
    return [value] if is_brand else []
