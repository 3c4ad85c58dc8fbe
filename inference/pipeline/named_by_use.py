"""Words of a query that are the name of one medicine and, more often, ask for any with a use in a form: 感冒颗粒."""

from dataclasses import replace
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.pipeline.reading import USES, kinds_named
from inference.pipeline.recognise import Recognised

MANY = 60
"""Medicines of one use in one form from which a name of just use and form is no name to most shoppers."""


def asked_by_use(found: Recognised, lexicon: Lexicon) -> Recognised:
    """The words of a query with such names as the use that they say; the form behind is read by itself."""
    names = [_as_use(hit, found, lexicon) or hit for hit in found.names]
    return found if names == found.names else replace(found, names=names)


def _as_use(hit: Hit, found: Recognised, lexicon: Lexicon) -> Hit | None:
    form = next((one for one in found.forms if one.end == hit.end and one.start > hit.start), None)
    if form is None or kinds_named(hit) != {Kind.MEDICINE}:
        return None
    use = found.text[hit.start : form.start]
    whole = [one for one in lexicon.name_hits(use) if one.end - one.start == len(use) and kinds_named(one) <= USES]
    terms = {entry.value for one in whole for entry in one.entries if entry.kind is Kind.EFFICACY}
    terms = {term for term in terms if not lexicon.efficacy[term].broader}
    if not any(how_many(lexicon, term, form.entries[0].value) >= MANY for term in terms):
        return None
    return Hit(hit.start, form.start, whole[0].entries)


@lru_cache(maxsize=256)
def how_many(lexicon: Lexicon, term: str, form: str) -> int:
    """How many medicines have a use, or a case of it, and come in a form."""
    made = (row for row in lexicon.medicines.values() if form in row.forms)
    return sum(any(term in lexicon.broader_efficacy(one) for one in row.efficacy) for row in made)
