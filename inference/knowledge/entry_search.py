"""Searching the knowledge entries as documents are searched. Pure.

They are told as text when they are searched, never stored: what somebody corrected a moment ago is found as it is now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inference.knowledge.bm25 import Collection, rarest, score
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.knowledge.terms import index_terms, query_terms
from inference.knowledge.told import told_of_brand, told_of_medicine


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with the text it is told as."""

    kind: Kind
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ToldFound:
    """An entry that a search found."""

    entry: Told
    score: float


class EntrySearch:
    """Finds the medicines and trade names of one lexicon by any words told of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._entries = tuple(entries_of(lexicon))
        self._held: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._lengths = []
        for at, entry in enumerate(self._entries):
            counts = Counter(index_terms(entry.text))
            self._lengths.append(counts.total())
            for term, count in counts.items():
                self._held[term].append((at, count))
        self._collection = Collection(len(self._entries), sum(self._lengths) / max(len(self._entries), 1))

    def __call__(self, text: str, limit: int) -> Sequence[ToldFound]:
        """At most `limit` entries, the best first."""
        terms = rarest({term: len(self._held.get(term, ())) for term in query_terms(text)})
        weights = {term: self._collection.weight(len(self._held[term])) for term in terms}
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for term in terms:
            for at, count in self._held[term]:
                counts[at][term] = count
        found = [
            ToldFound(self._entries[at], score(held, self._lengths[at], weights, self._collection))
            for at, held in counts.items()
        ]
        return sorted(found, key=lambda one: -one.score)[:limit]


def entries_of(lexicon: Lexicon) -> Iterator[Told]:
    """Every entry that names goods."""
    for medicine in lexicon.medicines.values():
        yield Told(Kind.MEDICINE, medicine.name, told_of_medicine(medicine))
    for brand in lexicon.brands.values():
        if brand.stands_for:
            yield Told(Kind.BRAND, brand.name, told_of_brand(brand))
