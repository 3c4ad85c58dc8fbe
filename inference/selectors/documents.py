"""The documents for their pages: all of a kind, or the passages and entries that words find, with the words marked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Prefetch, QuerySet

from inference.enums import DocumentKind
from inference.knowledge.entry_search import EntrySearch
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.knowledge.terms import query_terms
from inference.models import Document, Passage
from inference.selectors.entries import standings
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.passages import document_search

MOST_FOUND = 200
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, which was searched for or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage or a knowledge entry that words found. `document` is the external id, or `medicine/name` of an entry."""

    kind: DocumentKind
    document: str
    title: str
    heading: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """What words found, cut around the first of them. `pk` is None for a knowledge entry, whose `subject` names it."""

    kind: str
    title: str
    heading: str
    pieces: tuple[Piece, ...]
    source: str
    dated: date | None = None
    pk: int | None = None
    subject: str = ""


def documents_of(kind: str = "") -> QuerySet[Document]:
    """Every document, or those of a kind, the newest first."""
    documents = Document.objects.annotate(passage_count=Count("passages")).order_by("-pk")
    return documents.filter(kind=kind) if kind else documents


def documents_shown() -> QuerySet[Document]:
    """Documents with their passages, for the page of one."""
    return Document.objects.select_related("created_by").prefetch_related(
        Prefetch("passages", Passage.objects.order_by("ordinal"))
    )


def hits(text: str, kind: str = "") -> list[Hit]:
    """The passages and knowledge entries nearest to a text, of every kind or of one."""
    found = [] if kind == DocumentKind.ENTRY else passages_found(text, kind)
    if kind in ("", DocumentKind.ENTRY):
        found += entries_found(text)
    return sorted(found, key=lambda one: -one.score)


def passages_found(text: str, kind: str) -> list[Hit]:
    """The passages of documents, those of a kind where one is named."""
    found = document_search()(text, MOST_FOUND)
    names = {one.document for one in found}
    kinds = dict(Document.objects.filter(external_id__in=names).values_list("external_id", "kind"))
    return [
        Hit(DocumentKind(kinds[one.document]), one.document, one.title, one.heading, one.text, one.score)
        for one in found
        if kinds.get(one.document) and kind in ("", kinds[one.document])
    ]


def entries_found(text: str) -> list[Hit]:
    """The knowledge entries as they stand now."""
    return [
        Hit(
            DocumentKind.ENTRY,
            f"{one.entry.kind.value}/{one.entry.name}",
            one.entry.name,
            "",
            one.entry.text,
            one.score,
        )
        for one in entry_search(lexicon_in_use())(text, MOST_FOUND)
    ]


@lru_cache(maxsize=1)
def entry_search(lexicon: Lexicon) -> EntrySearch:
    """The search of the entries, built when somebody first asks for it."""
    return EntrySearch(lexicon)


def shown(found: Iterable[Hit], text: str) -> list[ShownPassage]:
    """What was found as a page shows it; what was removed meanwhile is left out."""
    rows = list(found)
    documents = Document.objects.in_bulk({one.document for one in rows}, field_name="external_id")
    entries = {key_of(one): one for one in rows if one.kind == DocumentKind.ENTRY}
    sources = standings(entries) if entries else {}
    terms = query_terms(text)
    return [
        ShownPassage(
            kind=str(one.kind.label),
            title=one.title,
            heading=one.heading,
            pieces=tuple(marked(around(one.text, terms), terms)),
            source=row.source if row else sources[key_of(one)].source,
            dated=row.dated if row else None,
            pk=row.pk if row else None,
            subject="" if row else one.document,
        )
        for one in rows
        if (row := documents.get(one.document)) or one.kind == DocumentKind.ENTRY
    ]


def key_of(one: Hit) -> tuple[Kind, str]:
    """Which entry was found."""
    kind, _slash, name = one.document.partition("/")
    return Kind(kind), name


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
