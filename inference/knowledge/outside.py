"""Pages that a search service found, as passages beside those of the documents."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from inference.knowledge.passages import Found
from inference.knowledge.terms import occurrences, query_terms
from rules.engine.text import normalise

DOCUMENT = "outside:"
"""What the id of a page begins with that is no document of ours."""
SERVICE = "SearXNG"


@dataclass(frozen=True, slots=True)
class Told:
    """What the service told of a query: its results as they are stored, and the day (ISO) it first told exactly them."""

    results: tuple[Mapping[str, str], ...]
    day: str


def pages_of(told: Told, query: str, best: float) -> Iterator[Found]:
    """The results as passages, scored by the share of the query's terms they hold, as far as `best` goes.

    The service's own order counts for nothing: who pays to stand first decides it.
    """
    terms = query_terms(query)
    for one in told.results:
        held = occurrences(terms, normalise(f"{one['title']}\n{one['content']}"))
        share = len(held) / len(terms) if terms else 1.0
        yield Found(document_of(one), one["title"], source_of(one["url"]), told.day, "", one["content"], best * share)


def merged(documents: Sequence[Found], pages: Iterable[Found], limit: int) -> Sequence[Found]:
    """Passages and pages, the best first; of two that score alike the document's."""
    return sorted((*documents, *pages), key=lambda one: -one.score)[:limit]


def document_of(result: Mapping[str, str]) -> str:
    """Identifies a page by its address."""
    return DOCUMENT + hashlib.sha256(result["url"].encode("utf-8", "surrogatepass")).hexdigest()[:16]


def source_of(url: str) -> str:
    """Whose page it is and who found it."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return f"{host} ({SERVICE})" if host else SERVICE
