"""What importing a batch of rows comes to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

from annotation.readers import Fault, Row
from annotation.reasons import ReasonError
from annotation.rows import RowError
from rules.engine.attributes import gettext_noop

Ready = TypeVar("Ready")

DUPLICATE = gettext_noop("“%(key)s” stands further up in the file with other values.")


@dataclass(slots=True)
class Outcome:
    """How many rows made something new, changed something, changed nothing, lack their image; and those not taken."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    images_missing: int = 0
    faults: list[Fault] = field(default_factory=list)


def fault_of(row: Row, error: ReasonError) -> Fault:
    """A row that was read, and why it is not taken."""
    return Fault(row.line, row.offset, error.reason, error.params, row.excerpt)


class Seen:
    """The keys met in a file, each with a digest of what it came with: 16 bytes a key, not the rows."""

    def __init__(self) -> None:
        self._met: dict[int, int] = {}

    def check(self, key: str, content: object, *, shown: str) -> None:
        """Raise RowError where `key` came with other content before."""
        if self._met.setdefault(short_digest(key), found := short_digest(repr(content))) != found:
            raise RowError(DUPLICATE, key=shown)


def short_digest(text: str) -> int:
    """64 bits of a digest."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def taken(rows: Iterable[Row | Fault], check: Callable[[Row], Ready], outcome: Outcome) -> list[Ready]:
    """The rows that pass `check`; the others become faults of `outcome`."""
    found = []
    for row in rows:
        if isinstance(row, Fault):
            outcome.faults.append(row)
            continue
        try:
            found.append(check(row))
        except RowError as error:
            outcome.faults.append(fault_of(row, error))
    return found
