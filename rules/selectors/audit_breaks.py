"""What happened where the chain of the audit trail stops holding: edited, removed, moved or put in between."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Max

from rules.models import AuditEvent, AuditHead
from rules.models.audit import event_digest

NEAR = 1000
"""Places on either side at which an event that does not fit its own is tried."""


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the chain stops holding: `altered`, `missing` (gone), `cut` (events gone from the end), `moved` (it was
    event `was`) or `inserted` (it was not there when the others were written)."""

    sequence: int
    kind: str
    was: int = 0


def first_break(events: Iterable[AuditEvent]) -> ChainBreak | None:
    """The first break in all events in their order."""
    sequence, digest = 0, ""
    for event in events:
        if event.sequence != sequence + 1:
            return ChainBreak(sequence + 1, "missing")
        if event.previous != digest or event.digest != event.expected_digest():
            return diagnosis(event)
        sequence, digest = event.sequence, event.digest
    return None


def diagnosis(event: AuditEvent) -> ChainBreak:
    """What happened at an event that does not fit the one before it."""
    following = AuditEvent.objects.filter(sequence=event.sequence + 1).first()
    shifted = following is not None and fits(following, event.sequence)
    if event.digest == event.expected_digest():  # whole by itself
        return ChainBreak(event.sequence, "inserted") if shifted else _before_whole(event)
    was = place_of(event)
    if was and was == event.sequence - 1:
        return ChainBreak(was, "inserted")
    if was == event.sequence + 1 and not shifted:
        return ChainBreak(event.sequence, "missing")
    if was:
        return ChainBreak(event.sequence, "moved", was)
    return ChainBreak(event.sequence, "inserted" if shifted else "altered")


def fits(event: AuditEvent, sequence: int) -> bool:
    """Whether an event is whole, had it this place in the trail."""
    return event.digest == event_digest(
        sequence=sequence,
        actor_id=event.actor_id,
        verb=event.verb,
        subject=event.subject,
        data=event.data,
        at=event.at,
        previous=event.previous,
    )


def place_of(event: AuditEvent) -> int:
    """The place that an event was written at, if it is near; 0 where it fits none."""
    return next((place for place in _around(event.sequence) if fits(event, place)), 0)


def break_at_end(head: AuditHead) -> ChainBreak | None:
    """The break behind the last event. `head` was read before the events: those that came meanwhile are none."""
    last = AuditEvent.objects.aggregate(last=Max("sequence"))["last"] or 0
    now = AuditHead.objects.filter(pk=1).first() or AuditHead()
    if last > now.sequence:
        return ChainBreak(now.sequence + 1, "inserted")
    if last < head.sequence:
        return ChainBreak(last + 1, "cut")
    if head.sequence and not AuditEvent.objects.filter(sequence=head.sequence, digest=head.digest).exists():
        return ChainBreak(head.sequence, "altered")
    return None


def _before_whole(event: AuditEvent) -> ChainBreak:
    """The one before was altered and sealed anew; the first event has none, so that it is itself another."""
    return ChainBreak(max(event.sequence - 1, 1), "altered")


def _around(sequence: int) -> Iterator[int]:
    for step in range(1, NEAR + 1):
        yield from (place for place in (sequence - step, sequence + step) if place > 0)
