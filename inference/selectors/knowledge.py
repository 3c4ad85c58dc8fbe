"""The knowledge in use: the shipped files with what was added and corrected since."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.knowledge.overlay import Version, overlaid
from inference.knowledge.records import Kind
from inference.knowledge.tables import Tables
from inference.models import EntryVersion

KEPT = 3
"""Lexicons kept ready: the one in use and those that runs under way have pinned."""
BUILDING = Lock()
"""Of several requests that need a new lexicon one builds it and the others wait for it."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of the knowledge: the entry version that was the newest, and when it was written.

    The time tells two databases apart in which the same number is of different versions.
    """

    newest: int = 0
    written: datetime | None = None


def entries_upto() -> int:
    """The newest entry version there is, which names the state of the knowledge; 0 before the first."""
    return state_at().newest


def state_at(upto: int | None = None) -> State:
    """The state of the knowledge when entry version `upto` was the newest, or the one in use."""
    if upto == 0:
        return State()
    versions = EntryVersion.objects.order_by("-pk").values_list("pk", "created_at")
    newest = (versions if upto is None else versions.filter(pk__lte=upto)).first()
    return State(*newest) if newest else State()


def lexicon_in_use() -> Lexicon:
    """The lexicon with every entry version there is, for the price of one small query."""
    return lexicon_of(state_at())


def lexicon_at(upto: int) -> Lexicon:
    """The lexicon as it was when entry version `upto` was the newest."""
    return lexicon_of(state_at(upto))


def lexicon_of(state: State) -> Lexicon:
    """The lexicon of a state of the knowledge, built once a process."""
    if not state.newest:
        return load_lexicon()
    with BUILDING:
        return _built(state)


@lru_cache(maxsize=KEPT)
def _built(state: State) -> Lexicon:
    tables = tables_of(state)
    shipped = load_lexicon()
    return shipped if tables is shipped.tables else Lexicon(tables)


def tables_in_use() -> Tables:
    """The entries with every version there is: enough to check names by, and quicker to come by than the lexicon."""
    return tables_of(state_at())


@lru_cache(maxsize=KEPT)
def tables_of(state: State) -> Tables:
    """The entries of a state of the knowledge."""
    return overlaid(load_lexicon().tables, versions_upto(state.newest) if state.newest else ())


def versions_upto(upto: int) -> list[Version]:
    """Every entry version up to one, oldest first."""
    rows = EntryVersion.objects.filter(pk__lte=upto).order_by("pk").values_list("kind", "name", "content", "withdrawn")
    return [Version(Kind(kind), name, content, withdrawn) for kind, name, content, withdrawn in rows]
