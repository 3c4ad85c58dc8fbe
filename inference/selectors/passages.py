"""Passages of the documents, found by their words: SQLite's full-text index, or PostgreSQL's with BM25 on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection

from inference.knowledge.bm25 import Collection, rarest, score
from inference.knowledge.passages import Found, Search, no_search
from inference.knowledge.terms import occurrences, query_terms
from inference.models import Passage, PassageTerm
from rules.engine.text import normalise

COUNTS_KEPT = 50_000
"""Terms whose counts a search remembers."""
CANDIDATES = 6
"""How many times the passages wanted are weighed exactly on PostgreSQL."""
FEWEST_CANDIDATES = 60

SQLITE = (
    "SELECT d.external_id, d.title, d.source, d.dated, p.heading, p.text, -f.rank FROM (SELECT rowid, rank FROM inference_passage_index"
    " WHERE inference_passage_index MATCH %s ORDER BY rank LIMIT %s) f"
    " JOIN inference_passage p ON p.id = f.rowid JOIN inference_document d ON d.id = p.document_id ORDER BY f.rank"
)
SQLITE_COUNTS = "SELECT term, doc FROM inference_passage_vocabulary WHERE term IN ({})"
POSTGRESQL = (
    "SELECT d.external_id, d.title, d.source, d.dated, p.heading, p.text, f.length FROM"
    " (SELECT one.id, one.length, sum(weight) / (1 + %s + %s * one.length) AS rank"
    " FROM unnest(%s::tsquery[], %s::float8[]) AS asked (term, weight)"
    " JOIN inference_passage one ON one.terms @@ asked.term GROUP BY one.id ORDER BY rank DESC, one.id LIMIT %s) f"
    " JOIN inference_passage p ON p.id = f.id JOIN inference_document d ON d.id = p.document_id"
)


@dataclass(frozen=True, slots=True)
class State:
    """Which passages there are: how many, the newest, and when its document was made (ids may come back after a restore)."""

    passages: int = 0
    newest: int = 0
    made: datetime | None = None


class DocumentSearch:
    """The search of this database while its passages stay as they are. Counts of terms are remembered."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._counts: dict[str, int] = {}

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        """At most `limit` passages, the best first."""
        holding = self._holding(query_terms(text))
        terms = rarest(holding)
        if not terms:
            return ()
        if connection.vendor == "sqlite":
            return sqlite_found(terms, limit)
        weights = {term: self._collection.weight(holding[term]) for term in terms}
        return postgresql_found(weights, self._collection, limit)

    def _holding(self, terms: Sequence[str]) -> dict[str, int]:
        """How many passages hold each of the terms."""
        if len(self._counts) > COUNTS_KEPT:
            self._counts = {}
        unknown = [term for term in terms if term not in self._counts]
        if unknown:
            self._counts |= dict.fromkeys(unknown, 0) | passages_holding(unknown)
        return {term: self._counts.get(term, 0) for term in terms}

    @cached_property
    def _collection(self) -> Collection:
        """What BM25 has to know of all passages."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(avg(length), 1) FROM inference_passage")
            return Collection(self.state.passages, float(cursor.fetchone()[0]))


def document_search() -> Search:
    """The search of this database, with which a chain looks for evidence. It is the same until a passage changes."""
    state = state_of_passages()
    return search_at(state) if state.passages else no_search


def state_of_passages() -> State:
    """Which passages there are now."""
    newest = Passage.objects.order_by("-pk").values_list("pk", "document__created_at").first()
    return State(Passage.objects.count(), *newest) if newest else State()


@lru_cache(maxsize=2)
def search_at(state: State) -> DocumentSearch:
    """One search for all who ask while the passages stay as they are."""
    return DocumentSearch(state)


def passages_holding(terms: Sequence[str]) -> dict[str, int]:
    """How many passages hold each term, those left out that none holds."""
    if connection.vendor != "sqlite":
        return dict(PassageTerm.objects.filter(term__in=terms).values_list("term", "passages"))
    with connection.cursor() as cursor:
        cursor.execute(SQLITE_COUNTS.format(", ".join(["%s"] * len(terms))), terms)
        return dict(cursor.fetchall())


def sqlite_found(terms: Sequence[str], limit: int) -> list[Found]:
    """Ranked by the index itself."""
    with connection.cursor() as cursor:
        cursor.execute(SQLITE, [" OR ".join(f'"{term}"' for term in terms), limit])
        return [found_of(row, row[-1]) for row in cursor.fetchall()]


def postgresql_found(weights: Mapping[str, float], collection: Collection, limit: int) -> list[Found]:
    """Candidates by which terms a passage holds, the best of them weighed by how often as well."""
    per_length = collection.damping(1) - collection.damping(0)
    values: list[Any] = [collection.damping(0), per_length, [f"'{term}'" for term in weights], list(weights.values())]
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL, [*values, max(FEWEST_CANDIDATES, CANDIDATES * limit)])
        rows = cursor.fetchall()
    terms = tuple(weights)
    found = []
    for row in rows:
        counts = occurrences(terms, normalise(f"{row[1]}\n{row[4]}\n{row[5]}"))
        found.append(found_of(row, score(counts, row[-1], weights, collection)))
    return sorted(found, key=lambda one: -one.score)[:limit]


def found_of(row: Sequence[Any], score: float) -> Found:
    """A row of either statement."""
    document, title, source, dated, heading, text = row[:6]
    return Found(document, title, source, str(dated or ""), heading, text, score)
