"""The audit trail, and whether it is whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from rules.models import AuditEvent, AuditHead


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the chain stops holding: `altered`, `missing` (a gap before it) or `cut` (events gone from the end)."""

    sequence: int
    kind: str


def audit_events(*, subject: str = "", actor_id: int | None = None, verb: str = "") -> "QuerySet[AuditEvent]":
    """Events, newest first, of one subject, actor or verb."""
    events = AuditEvent.objects.select_related("actor").order_by("-sequence")
    if subject:
        events = events.filter(subject=subject)
    if actor_id is not None:
        events = events.filter(actor_id=actor_id)
    return events.filter(verb=verb) if verb else events


def verify_events(events: Iterable[AuditEvent]) -> ChainBreak | None:
    """The first of these events that was altered or follows a gap; then whether the trail ends where it should."""
    head = audit_head()
    shown = sorted(events, key=lambda event: event.sequence)
    digests = {0: ""} | {event.sequence: event.digest for event in shown}
    before = {event.sequence - 1 for event in shown} - digests.keys()
    digests |= dict(AuditEvent.objects.filter(sequence__in=before).values_list("sequence", "digest"))
    for event in shown:
        if event.sequence - 1 not in digests:
            return ChainBreak(event.sequence - 1, "missing")
        if event.previous != digests[event.sequence - 1] or event.digest != event.expected_digest():
            return ChainBreak(event.sequence, "altered")
    return break_at_end(head)


def verify_chain() -> ChainBreak | None:
    """The first place where an event was altered or is gone, or None when the trail is whole."""
    head, sequence, digest = audit_head(), 0, ""
    for event in AuditEvent.objects.order_by("sequence").iterator():
        if event.sequence != sequence + 1:
            return ChainBreak(sequence + 1, "missing")
        if event.previous != digest or event.digest != event.expected_digest():
            return ChainBreak(event.sequence, "altered")
        sequence, digest = event.sequence, event.digest
    return break_at_end(head)


def audit_head() -> AuditHead:
    """Where the trail ends. Read before the events: those that come meanwhile are no break."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def break_at_end(head: AuditHead) -> ChainBreak | None:
    """The break behind the last event, when the one that the trail is said to end with is gone or another."""
    if AuditEvent.objects.filter(sequence=head.sequence, digest=head.digest).exists():
        return None
    last = AuditEvent.objects.aggregate(last=Max("sequence"))["last"] or 0
    return ChainBreak(last + 1, "cut") if last or head.sequence else None
