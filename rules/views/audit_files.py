"""Events of the audit trail as lines of a file."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from rules.models import AuditEvent
from rules.origin import ORIGIN, origin_in
from rules.spreadsheets import safe

COLUMNS = ("event", "at", "actor", "verb", "subject", "channel", "name", "address", "request", "data", "digest")


@dataclass(frozen=True, slots=True)
class File:
    """A kind of file: what it is, and how events become its lines."""

    content_type: str
    lines: Callable[[Iterable[AuditEvent]], Iterator[str]]


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The text."""
        return text


def csv_lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    """A table for people; what an event keeps is JSON in one cell. Begins with a mark, so that Excel reads UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([safe(cell) for cell in cells(event)])


def cells(event: AuditEvent) -> tuple[str, ...]:
    """One event as a row of COLUMNS."""
    origin = origin_in(event.data)
    data = {key: value for key, value in event.data.items() if key != ORIGIN}
    return (
        str(event.sequence),
        moment(event),
        event.actor.get_username() if event.actor else "",
        event.verb,
        event.subject,
        *(str(origin.get(key, "")) for key in ("channel", "name", "address", "request")),
        json.dumps(data, ensure_ascii=False, sort_keys=True),
        event.digest,
    )


def json_lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Everything under each digest, so that the chain can be checked elsewhere, with the actor's name."""
    for event in events:
        told = {
            "sequence": event.sequence,
            "actor_id": event.actor_id,
            "actor": event.actor.get_username() if event.actor else None,
            "verb": event.verb,
            "subject": event.subject,
            "data": event.data,
            "at": moment(event),
            "previous": event.previous,
            "digest": event.digest,
        }
        yield json.dumps(told, ensure_ascii=False) + "\n"


def moment(event: AuditEvent) -> str:
    """When it was, as its digest has it."""
    return event.at.astimezone(UTC).isoformat()


FILES = {
    "csv": File("text/csv; charset=utf-8", csv_lines),
    "jsonl": File("application/jsonl; charset=utf-8", json_lines),
}
