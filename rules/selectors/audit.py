"""The audit trail, and whether it is whole."""

from dataclasses import dataclass

from django.db.models import QuerySet

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


def verify_chain() -> ChainBreak | None:
    """The first place where an event was altered or is gone, or None when the trail is whole."""
    sequence, digest = 0, ""
    for event in AuditEvent.objects.order_by("sequence").iterator():
        if event.sequence != sequence + 1:
            return ChainBreak(sequence + 1, "missing")
        if event.previous != digest or event.digest != event.expected_digest():
            return ChainBreak(event.sequence, "altered")
        sequence, digest = event.sequence, event.digest
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    return None if (head.sequence, head.digest) == (sequence, digest) else ChainBreak(sequence + 1, "cut")
