"""Dosage forms held against each other, with how they release what they hold: 缓释, 控释, 肠溶, or none of these."""

from collections.abc import Collection

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import RELEASE
from inference.pipeline.reading import Reading
from rules.engine.attributes import Attribute

PLAIN = ("普通", "素片")
"""How a shopper asks for a form that releases all at once."""


def release_of(form: str) -> tuple[str, ...]:
    """The ways of release that the name of a form says, be it a whole form (缓释片) or the way alone (缓释)."""
    return tuple(word for word in RELEASE if word in form)


def all_forms(form: str, lexicon: Lexicon) -> tuple[str, ...]:
    """A form, those it is one of, and its way of release as a form of its own."""
    lying = lexicon.forms_of(form)
    return tuple(dict.fromkeys((*lying, *(word for one in lying for word in release_of(one)))))


def serves_forms(query: Reading, wanted: Collection[str], shown: Collection[str], lexicon: Lexicon) -> bool:
    """Whether forms shown are one of those asked for, released in the way asked for."""
    lying = {above for form in shown for above in all_forms(form, lexicon)}
    ways = [form for form in wanted if form in RELEASE]
    whole = [form for form in wanted if form not in RELEASE]
    if not lying.issuperset(ways) or (_asks_plain(query) and not lying.isdisjoint(RELEASE)):
        return False
    return not whole or any(_is_among(form, lying, lexicon) for form in whole)


def _is_among(form: str, lying: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a form is among those shown, perhaps in two words: 缓释 胶囊."""
    release = release_of(form)
    return form in lying or (bool(release) and {*release, lexicon.forms_of(form)[-1]} <= set(lying))


def _asks_plain(query: Reading) -> bool:
    said = (query.text[one.start : one.end] for one in query.mentions if one.attribute is Attribute.DOSAGE_FORM)
    return any(word.startswith(PLAIN) for word in said)
