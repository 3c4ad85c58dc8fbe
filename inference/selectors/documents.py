"""The documents for their pages: all of a kind, or the passages that words find, with the words marked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from inference.knowledge.passages import Found
from inference.knowledge.terms import query_terms
from inference.models import Document, Passage
from inference.selectors.passages import document_search

MOST_FOUND = 200
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, which was searched for or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that words found, cut around the first of them."""

    document: Document
    heading: str
    pieces: tuple[Piece, ...]


def documents_of(kind: str = "") -> QuerySet[Document]:
    """Every document, or those of a kind, the newest first."""
    documents = Document.objects.annotate(passage_count=Count("passages")).order_by("-pk")
    return documents.filter(kind=kind) if kind else documents


def documents_shown() -> QuerySet[Document]:
    """Documents with their passages, for the page of one."""
    return Document.objects.select_related("created_by").prefetch_related(
        Prefetch("passages", Passage.objects.order_by("ordinal"))
    )


def passages_found(text: str, kind: str = "") -> list[Found]:
    """The passages nearest to a text, of all documents or of those of a kind."""
    found = document_search()(text, MOST_FOUND)
    if not kind:
        return list(found)
    of_kind = set(
        Document.objects.filter(kind=kind, external_id__in={one.document for one in found}).values_list(
            "external_id", flat=True
        )
    )
    return [one for one in found if one.document in of_kind]


def shown(found: Iterable[Found], text: str) -> list[ShownPassage]:
    """Passages as a page shows them; one whose document was removed meanwhile is left out."""
    passages = list(found)
    documents = Document.objects.in_bulk({one.document for one in passages}, field_name="external_id")
    terms = query_terms(text)
    return [
        ShownPassage(documents[one.document], one.heading, tuple(marked(around(one.text, terms), terms)))
        for one in passages
        if one.document in documents
    ]


def around(text: str, terms: Sequence[str]) -> str:
    """A text of bounded length around the first of the terms."""
    match = pattern(terms).search(text) if terms else None
    start = max(match.start() - EXCERPT // 4, 0) if match else 0
    cut = text[start : start + EXCERPT]
    return f"{'…' if start else ''}{cut}{'…' if start + EXCERPT < len(text) else ''}"


def marked(text: str, terms: Sequence[str]) -> Iterator[Piece]:
    """A text in pieces, those marked that hold one of the terms; neighbouring ones are one."""
    hits = [False] * len(text)
    for match in re.finditer(f"(?=({pattern(terms).pattern}))", text, re.IGNORECASE) if terms else ():
        hits[match.start(1) : match.end(1)] = [True] * (match.end(1) - match.start(1))
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or hits[at] != hits[start]:
            yield Piece(text[start:at], hits[start])
            start = at


def pattern(terms: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the terms, the longer first."""
    return re.compile("|".join(map(re.escape, sorted(terms, key=len, reverse=True))), re.IGNORECASE)
