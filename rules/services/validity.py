"""Telling whoever listens that validity dates fell due. Nothing is written but that it was told."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from rules.models import Release
from rules.selectors.releases import current_release
from rules.selectors.validity import TOLD, ValidityChange, told_until, validity_change
from rules.services import audit
from rules.signals import validity_changed


def tell_validity(*, day: date | None = None) -> ValidityChange | None:
    """Tell that other rules of the release in force are valid on a day (today) than were told last; what changed.

    Days on which nobody looked are made up for. Safe to call at any time and by many at once: it is told once.
    """
    release, today = current_release(), day or timezone.localdate()
    if release is None or not validity_change(release, since=told_until(release), day=today):
        return None
    with transaction.atomic():
        audit.take_turn()
        since = told_until(release)
        change = validity_change(release, since=since, day=today)
        if not change or today <= since:  # somebody was quicker
            return None
        data = {"day": today, "began": change.began, "ended": change.ended}
        audit.record(by=None, verb=TOLD, subject=f"release:{release.number}", data=data)
        transaction.on_commit(lambda: _send(release, today))
    return change


def _send(release: Release, day: date) -> None:
    validity_changed.send_robust(Release, release_id=release.pk, day=day)
