"""The audit trail: what is in it, by filter, and whether it is whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from rules.models import AuditEvent, AuditHead, RuleVersion
from rules.origin import ORIGIN
from rules.selectors.audit_breaks import ChainBreak, break_at_end, diagnosis, first_break

SYSTEM = 0
"""Stands for nobody, where events are looked for by person."""
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
"""No event lies outside; midnight of a day at the ends of the calendar is none that can be counted from elsewhere."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: all that hold. `person`: a user's id, or SYSTEM; `since` and `until`: days, both included."""

    subject: str = ""
    verb: str = ""
    person: int | None = None
    since: date | None = None
    until: date | None = None
    channel: str = ""


def audit_events(
    *, subject: str = "", actor_id: int | None = None, verb: str = "", where: EventFilter | None = None
) -> "QuerySet[AuditEvent]":
    """Events, newest first, of one subject, actor or verb, or all that a filter lets through."""
    wanted = where or EventFilter(subject=subject, verb=verb, person=actor_id)
    events = AuditEvent.objects.select_related("actor").order_by("-sequence")
    if wanted.subject:
        events = events.filter(subject=wanted.subject)
    if wanted.verb:
        events = events.filter(verb=wanted.verb)
    if wanted.person is not None:
        events = events.filter(actor_id=wanted.person or None)
    if wanted.since and wanted.since > EARLIEST:
        events = events.filter(at__gte=_midnight(wanted.since))
    if wanted.until and wanted.until < LATEST:
        events = events.filter(at__lt=_midnight(max(wanted.until, EARLIEST) + timedelta(days=1)))
    return events.filter(**{f"data__{ORIGIN}__channel": wanted.channel}) if wanted.channel else events


def audit_verbs() -> list[str]:
    """Everything that was ever done."""
    return list(AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct())


def audit_people() -> "QuerySet[User]":
    """Everybody who ever did something."""
    acted = AuditEvent.objects.filter(actor__isnull=False).order_by().values("actor").distinct()
    return User.objects.filter(pk__in=acted).order_by("username")


def contents_written(events: Iterable[AuditEvent]) -> dict[tuple[str, int], dict[str, object]]:
    """The content of each rule version that these events wrote, and of the one before it, by subject and version."""
    wanted = {
        (event.subject, version - step)
        for event in events
        if event.verb == "rule.written" and isinstance(version := event.data.get("version"), int)
        for step in (0, 1)
    }
    numbers = {subject.removeprefix("rule:") for subject, _version in wanted}
    rows = RuleVersion.objects.filter(
        rule__number__in=[int(number) for number in numbers if number.isdecimal()],
        version__in={version for _subject, version in wanted},
    )
    found = ((f"rule:{number}", version, content) for number, version, content in rows.values_list(*_WRITTEN))
    return {(subject, version): content for subject, version, content in found if (subject, version) in wanted}


_WRITTEN = ("rule__number", "version", "content")


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
            return diagnosis(event)
    return break_at_end(head)


def verify_chain() -> ChainBreak | None:
    """The first place where an event was altered, moved, put in or is gone, or None when the trail is whole."""
    head = audit_head()
    return first_break(AuditEvent.objects.order_by("sequence").iterator()) or break_at_end(head)


def audit_head() -> AuditHead:
    """Where the trail ends. Read before the events: those that come meanwhile are no break."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
