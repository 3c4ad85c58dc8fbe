"""When two bad cases are the same again: the same attributes at fault, of the same product, in similar words. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from annotation.vocabulary import forms, populations
from rules.engine.attributes import Attribute

ALIKE = 0.75
"""Share of the pairs of neighbouring characters that two similar queries have in common, of all that either has."""
GAPS = re.compile(r"[\s\W_]+")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LONGEST = 300
"""Characters of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a pair, as far as it is known. `faults` are the attributes at fault."""

    query: str
    title: str
    attributes: Mapping[str, Sequence[str]]
    given: str
    expected: str
    cause: str = ""
    faults: tuple[str, ...] = ()


def signature(wrong: Wrong) -> str:
    """What near-duplicates have in common beside similar words, as 16 characters.

    The error, the product's name, and what the query names that a single character changes: form, population, number.
    """
    parts = (wrong.given, wrong.expected, wrong.cause, *sorted(wrong.faults), "|", product_name(wrong))
    text = "\0".join((*parts, "|", *sorted(named(plain(wrong.query)))))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def product_name(wrong: Wrong) -> str:
    """What the product is called without brand and pack; its whole title where no name was found."""
    names = wrong.attributes.get(Attribute.CORE_NAME.value) or ()
    return plain(names[0]) if names else squeezed(wrong.title)


def named(text: str) -> frozenset[str]:
    """The dosage forms, populations and numbers that a text names."""
    words = {_names()[word] for word in _pattern().findall(text)}
    return frozenset(words | set(NUMBER.findall(text)))


def plain(text: str) -> str:
    """A text as it is compared: one way of writing each character, small letters."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower()


def squeezed(text: str) -> str:
    """A text without spaces and punctuation."""
    return GAPS.sub("", plain(text))


def words_of(query: str, title: str) -> str:
    """Query and title as they are searched, the query first on a line of its own."""
    return f"{plain(query)}\n{plain(title)}"


def query_in(words: str) -> str:
    """The query of what `words_of` gave."""
    return words.partition("\n")[0]


def similarity(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1: the pairs of neighbouring characters they share (Jaccard)."""
    first, second = squeezed(one), squeezed(other)
    if first == second:
        return 1.0
    mine, theirs = bigrams(first), bigrams(second)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def most_alike(query: str, others: Iterable[tuple[int, str]]) -> int | None:
    """The id of the text most like a query, if any is alike enough; the first of equals."""
    best, found = ALIKE, None
    for key, text in others:
        score = similarity(query, text)
        if score > best or (score == best and found is None):
            best, found = score, key
    return found


@cache
def _names() -> Mapping[str, str]:
    """Words for forms and populations, to the name each stands for."""
    rows = [(row.name, row.aliases) for row in forms()] + [(row.name, row.aliases) for row in populations()]
    return {plain(word): name for name, aliases in rows for word in (name, *aliases)}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(_names(), key=len, reverse=True)))
