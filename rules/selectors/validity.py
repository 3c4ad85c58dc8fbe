"""Validity dates that fall due, and schedules."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min
from django.utils import timezone

from rules.enums import OPEN
from rules.models import AuditEvent, Proposal, Release
from rules.selectors.releases import not_valid_on

TOLD = "release.validity_changed"
"""The audit event that says that other rules of a release are valid since a day."""


@dataclass(frozen=True, slots=True)
class ValidityChange:
    """The rules of a release that are valid on `day` and were not before, and the other way round, by number."""

    day: date
    began: tuple[int, ...]
    ended: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.began or self.ended)


def validity_change(release: Release, *, since: date, day: date) -> ValidityChange:
    """How the rules of `release` that are valid on `day` differ from those valid on the day `since`."""
    before, after = not_valid_on(release, since), not_valid_on(release, day)
    return ValidityChange(day, tuple(sorted(before - after)), tuple(sorted(after - before)))


def told_until(release: Release) -> date:
    """The day whose valid rules were told last: when it was published, or when other rules became valid since."""
    events = AuditEvent.objects.filter(subject=f"release:{release.number}", verb=TOLD)
    last = events.order_by("-sequence").first()
    return date.fromisoformat(last.data["day"]) if last else timezone.localdate(release.created_at)


def next_publish_at() -> datetime | None:
    """The next time at which a proposal is to be published; one under review may be approved by then."""
    scheduled = Proposal.objects.filter(state__in=OPEN, publish_at__gt=timezone.now())
    moment: datetime | None = scheduled.aggregate(next=Min("publish_at"))["next"]
    return moment
