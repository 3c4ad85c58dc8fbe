"""Entries of the knowledge: what each says now, its versions, and what names it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from inference.enums import EntryOrigin
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.overlay import Record, Version, by_name, content_of, record_of
from inference.knowledge.records import Kind
from inference.knowledge.references import naming
from inference.knowledge.sources import shipped_sources
from inference.models import EntryVersion
from inference.selectors.knowledge import lexicon_in_use

REQUIRED = frozenset({Kind.EFFICACY, Kind.CATEGORY, Kind.FORM, Kind.POPULATION})
"""Kinds whose entries can't be withdrawn while others name them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry stands. `number` is its newest version: 1 for one that only the files have, 0 where there is none.

    `stored`: it has versions in the database. A withdrawn one keeps the content that it had.
    """

    kind: Kind
    name: str
    number: int = 0
    content: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    origin: EntryOrigin = EntryOrigin.FILES
    withdrawn: bool = False
    stored: bool = False

    @property
    def by_person(self) -> bool:
        """Whether a person wrote or withdrew it."""
        return self.origin is EntryOrigin.CORRECTION


FIELDS_OF_STANDING = ("kind", "name", "number", "content", "source", "origin", "withdrawn")


def standing_of(kind: Kind, name: str) -> Standing:
    """How one entry stands."""
    newest = EntryVersion.objects.filter(kind=kind, name=name).order_by("-number")
    row = newest.values_list(*FIELDS_OF_STANDING).first()
    return stored(row) if row else shipped(kind, name)


def standings(keys: Iterable[tuple[Kind, str]]) -> Mapping[tuple[Kind, str], Standing]:
    """How many entries stand, in one query."""
    wanted = set(keys)
    rows = EntryVersion.objects.filter(kind__in={kind for kind, _name in wanted}).order_by("number")
    newest = {(Kind(row[0]), row[1]): row for row in rows.values_list(*FIELDS_OF_STANDING)}
    return {key: stored(newest[key]) if key in newest else shipped(*key) for key in wanted}


def stored(row: tuple[Any, ...]) -> Standing:
    """How an entry stands by the row of its newest version."""
    kind, name, number, content, source, origin, withdrawn = row
    known = content_of(record_of(Version(Kind(kind), name, content)))
    return Standing(Kind(kind), name, number, known, source, EntryOrigin(origin), withdrawn, stored=True)


def shipped(kind: Kind, name: str) -> Standing:
    """How an entry stands of which the database has no version."""
    row = shipped_entries(kind).get(name)
    if row is None:
        return Standing(kind, name)
    return Standing(kind, name, 1, content_of(row), shipped_sources()[kind, name].english)


@lru_cache(maxsize=len(Kind))
def shipped_entries(kind: Kind) -> Mapping[str, Record]:
    """The entries of the files by name."""
    return by_name(load_lexicon().tables, kind)


def versions_of(kind: Kind, name: str) -> "QuerySet[EntryVersion]":
    """The stored versions of an entry, newest first."""
    found: QuerySet[EntryVersion] = EntryVersion.objects.filter(kind=kind, name=name)
    return found.select_related("created_by").order_by("-number")


def named_by(kind: Kind, name: str) -> tuple[str, ...]:
    """The names of the entries that would name nothing if this one were withdrawn."""
    if kind not in REQUIRED:
        return ()
    places = naming(kind, name, lexicon_in_use())
    return tuple(dict.fromkeys(one for names in places.values() for one in names))


def changed_sources() -> Mapping[tuple[Kind, str], str]:
    """Where the entries come from that have versions beside what the files say."""
    rows = EntryVersion.objects.exclude(origin=EntryOrigin.FILES).order_by("number")
    return {(Kind(kind), name): source for kind, name, source in rows.values_list("kind", "name", "source")}
