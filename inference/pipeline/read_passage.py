"""Reading a passage with the lexicon: which medicine its title names, and what it says that is for."""

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Found
from inference.knowledge.records import Kind
from inference.knowledge.scan import longest
from inference.pipeline.read_query import read_query
from inference.pipeline.reading import Reading
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

INDICATION = re.compile("主治|适应|功能|功效|用途|适用|作用")
"""Headings under which a leaflet says what it is for. A text without heading says it anywhere."""
MOST_TERMS = 8
LONGEST = 600
TITLES_KEPT = 4096
TITLES: WeakKeyDictionary[Lexicon, dict[str, Reading]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What a passage is about. `names` are the medicines of its title, `near` those that an unknown name is made of,
    `kinds` their categories with the broader ones, `efficacy` what the passage itself says it is for, `serves` that
    and what is known of the names."""

    names: tuple[str, ...]
    near: tuple[str, ...]
    kinds: frozenset[str]
    efficacy: tuple[str, ...]
    serves: frozenset[str]


def read_passage(one: Found, lexicon: Lexicon) -> PassageReading:
    """What a passage is about, by its title, and what it says that is for, by its text."""
    title = read_title(one.title, lexicon)
    kinds = frozenset(above for kind in title.of(Attribute.CATEGORY) for above in lexicon.kinds_of(kind))
    efficacy = efficacy_said(normalise(one.text[:LONGEST]), lexicon) if tells_use(one) else ()
    return PassageReading(
        names=title.of(Attribute.CORE_NAME),
        near=title.near_cores,
        kinds=kinds,
        efficacy=efficacy,
        serves=frozenset((*efficacy, *title.of(Attribute.EFFICACY))),
    )


def read_title(title: str, lexicon: Lexicon) -> Reading:
    """What a title says. The passages of a document share it, and so do queries: it is read once."""
    known = TITLES.setdefault(lexicon, {})
    if title not in known:
        if len(known) >= TITLES_KEPT:
            known.clear()
        known[title] = read_query(normalise(title), lexicon)
    return known[title]


def subject_of(title: str, lexicon: Lexicon) -> str:
    """The medicine that a title names, by its common name; empty where the lexicon knows none in it."""
    return next((name for name in read_title(title, lexicon).of(Attribute.CORE_NAME) if name in lexicon.medicines), "")


def tells_use(one: Found) -> bool:
    """Whether a passage says what its subject is for."""
    return not one.heading or INDICATION.search(one.heading) is not None


def efficacy_said(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The efficacy terms that a text names, each once, the first ones."""
    found: dict[str, None] = {}
    for hit in longest(lexicon.name_hits(text)):
        for entry in hit.entries:
            if entry.kind is Kind.EFFICACY:
                found[entry.value] = None
            elif entry.kind is Kind.NEED:
                found.update(dict.fromkeys(lexicon.needs[entry.value].efficacy))
    return tuple(found)[:MOST_TERMS]
