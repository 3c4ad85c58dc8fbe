"""Searching the documents: what a search finds, and what every search is called as."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search found. `score` is higher the better it fits; scores of one search compare.

    `document` is the external id of the document that the passage lies in; `dated` its day (ISO) or empty.
    """

    document: str
    title: str
    source: str
    dated: str
    heading: str
    text: str
    score: float


class Search(Protocol):
    """Finds the passages nearest to a text, best first."""

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        """At most `limit` passages."""

    def __hash__(self) -> int:
        """A chain is kept by its search: one that finds something else is not equal to it."""


def local_search(search: Search) -> Search:
    """The part of a search that finds in our own documents alone: what stands outside, no rule can rely on."""
    documents: Search = getattr(search, "documents", search)
    return documents


def no_search(text: str, limit: int) -> Sequence[Found]:
    """The search of a chain that has no documents."""
    return ()
