"""Where a write comes from: set once at each entry, read when the audit trail is written. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """The entries there are."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a write comes from. `name`: the path, command or task; `address`: a person's network address, or who
    ran a command on which machine; `request`: an id that a request shares with the tasks it left behind."""

    channel: Channel
    name: str
    address: str = ""
    request: str = ""

    def to_json(self) -> dict[str, str]:
        """What the audit trail keeps."""
        return {key: str(value) for key, value in asdict(self).items() if value}


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin | None:
    """Where what runs now comes from; nothing where nobody said."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin | None) -> Iterator[None]:
    """Say where all that is written inside comes from."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def origin_in(data: Mapping[str, Any]) -> Mapping[str, str]:
    """The origin that an event keeps; empty for one from before origins were kept."""
    found = data.get(ORIGIN)
    return found if isinstance(found, dict) else {}


ORIGIN = "origin"
"""The key of an event's data that holds it, and nothing else."""
