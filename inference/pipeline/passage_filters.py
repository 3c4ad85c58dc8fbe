"""The checks of passages found: page identity (ISPI), similarity and consistency with the query (TF)."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Found
from inference.knowledge.terms import is_pair, occurrences
from inference.pipeline.compare import asked, core_groups, unknown_words
from inference.pipeline.parameters import Parameters
from inference.pipeline.read_passage import PassageReading
from inference.pipeline.reading import Reading
from inference.pipeline.relate import NameRelation, relate_names
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

SHINGLE = 3
SAME_PAGE = 0.75
"""Share of shingles that two passages have in common, of all that either has, for them to count as one page."""
LEAST_SCORE = 0.35
"""Share of the best score under which a passage says little of the query."""
LEAST_COVERED = 0.4
"""Share of the query's terms that a passage must hold."""
SAME_PAGES, DISSIMILAR, INCONSISTENT = "same_page", "dissimilar", "inconsistent"
COMPARED = 300
"""Characters of a passage that are compared: two that agree so far are one page."""
PASSAGES_KEPT = 2048
NO_LETTERS = re.compile(r"[\W_]+")
IN_BRACKETS = re.compile(r"[(\[【].*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found, with its title and its text as they are compared."""

    found: Found
    title: str
    text: str

    @classmethod
    def of(cls, found: Found) -> "Candidate":
        """Made comparable once, for every check."""
        return cls(found, comparable(found.title), comparable(f"{found.heading}\n{found.text}"))

    def says(self, word: str) -> bool:
        """Whether title or text has a word."""
        return word in self.title or word in self.text


@lru_cache(maxsize=PASSAGES_KEPT)
def comparable(text: str) -> str:
    """A text of a passage as it is compared; the same passages come up for many queries."""
    return normalise(text)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a passage is no evidence; `detail` holds the title or the words that decided."""

    why: str
    detail: str


def same_pages(passages: Sequence[Candidate]) -> dict[int, Dropped]:
    """The passages that nearly repeat a better one, by their place, with the title of that one."""
    kept: list[tuple[Candidate, frozenset[str]]] = []
    dropped: dict[int, Dropped] = {}
    for at, one in enumerate(passages):
        own = shingles(one.title, one.text[:COMPARED])
        first = next((other for other, shown in kept if overlap(own, shown) >= SAME_PAGE), None)
        if first is None:
            kept.append((one, own))
        else:
            dropped[at] = Dropped(SAME_PAGES, first.found.title)
    return dropped


@lru_cache(maxsize=PASSAGES_KEPT)
def shingles(title: str, text: str) -> frozenset[str]:
    """Every three neighbouring letters and figures of a passage with its title; the trade name says no more of it."""
    text = NO_LETTERS.sub("", IN_BRACKETS.sub("", title) + text)
    return frozenset(text[at : at + SHINGLE] for at in range(max(len(text) - SHINGLE + 1, 1)))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shingles in common over shingles in either (Jaccard)."""
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def dissimilar(passages: Sequence[Candidate], terms: tuple[str, ...], but: Collection[int] = ()) -> dict[int, Dropped]:
    """The passages far behind the best, or with few of the query's terms; the detail names those that are missing."""
    best = max((one.found.score for one in passages), default=0.0)
    dropped = {}
    for at, one in enumerate(passages):
        if at in but:
            continue
        held = occurrences(terms, f"{one.title}\n{one.text}")
        if one.found.score < LEAST_SCORE * best or len(held) < LEAST_COVERED * len(terms):
            dropped[at] = Dropped(DISSIMILAR, " ".join(joined([term for term in terms if term not in held])))
    return dropped


def joined(terms: Sequence[str]) -> list[str]:
    """Terms as the words they were cut from: pairs that share a character are put together."""
    words: list[str] = []
    for term in terms:
        if words and is_pair(term) and words[-1][-1] == term[0]:
            words[-1] += term[1]
        else:
            words.append(term)
    return words


def inconsistent(
    query: Reading, passages: Mapping[int, tuple[Candidate, PassageReading]], lexicon: Lexicon
) -> dict[int, Dropped]:
    """The passages about something else than what the query names; the detail says what is named and what they are about."""
    wanted = Wanted(query, lexicon)
    found = ((at, wanted.against(one, reading)) for at, (one, reading) in passages.items())
    return {at: Dropped(INCONSISTENT, why) for at, why in found if why}


class Wanted:
    """What a query names, to hold passages against."""

    def __init__(self, query: Reading, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.query = query
        self.cores = [group for group in core_groups(query) if any(name in lexicon.medicines for name in group)]
        self.categories = asked(query, Attribute.CATEGORY)
        self.efficacy = frozenset(
            near
            for term in query.of(Attribute.EFFICACY)
            for near in (*lexicon.broader_efficacy(term), *_near(term, lexicon))
        )
        self.brands = tuple(query.text[m.start : m.end] for m in query.mentions if m.attribute is Attribute.BRAND)
        self.unknown = unknown_names(query, lexicon)

    def against(self, one: Candidate, reading: PassageReading) -> str:
        """What the query names and what a passage is about instead; empty where it may serve."""
        for named, fits in self._checks(one, reading):
            if not fits:
                return f"{named} ≠ {'、'.join(reading.names[:2]) or one.found.title}"
        return ""

    def _checks(self, one: Candidate, reading: PassageReading) -> Iterator[tuple[str, bool]]:
        """The most telling thing that the query names decides, and the brand only where nothing else is named."""
        if self.unknown:
            yield self.unknown[0], any(one.says(word) for word in self.unknown)
        if self.cores:
            yield self.cores[0][0], self._is_core(reading)
        elif self.categories:
            yield self.categories[0], bool(set(self.categories) & reading.kinds)
        elif self.efficacy:
            yield self.query.of(Attribute.EFFICACY)[0], bool(self.efficacy & reading.serves)
        elif self.brands:
            yield self.brands[0], any(one.says(word) for word in self.brands)

    def _is_core(self, reading: PassageReading) -> bool:
        relation = relate_names(self.cores, reading.names, set(reading.near), Parameters().name_overlap, self.lexicon)
        return relation in (NameRelation.SAME, NameRelation.VARIANT)


def _near(term: str, lexicon: Lexicon) -> frozenset[str]:
    row = lexicon.efficacy.get(term)
    return row.near if row else frozenset()


def unknown_names(query: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of a query that may name goods and that nothing is known of."""
    cores = (name for name in query.of(Attribute.CORE_NAME) if name not in lexicon.medicines)
    return tuple(dict.fromkeys((*cores, *unknown_words(query))))
