"""Who has a pair whose labels differ open, so that two experts do not rule on the same one at once.

Soft: whoever is first to rule has ruled, held or not. It decides nothing and leaves no event in the audit trail.
"""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.models import ConflictHold, QueuedPair
from annotation.services.rulings import PERMISSION
from rules.services.permissions import require

LASTS = timedelta(minutes=3)


@transaction.atomic
def hold_conflict(*, by: User | AnonymousUser, queued: QueuedPair) -> ConflictHold:
    """Hold a pair for somebody who has it open, or for longer; what they held before is free. Returns who holds it."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    now = timezone.now()
    ConflictHold.objects.filter(person=by, queued__benchmark=queued.benchmark_id).exclude(queued=queued).delete()
    held = ConflictHold.objects.filter(queued=queued)
    if not held.filter(Q(person=by) | Q(until__lte=now)).update(person=by, until=now + LASTS):
        held.get_or_create(queued=queued, defaults={"person": by, "until": now + LASTS})
    found: ConflictHold = held.select_related("person").get()
    return found
