"""The audit trail: every write leaves an event here, chained to the one before."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from rules.models import AuditEvent, AuditHead
from rules.models.audit import event_digest
from rules.origin import ORIGIN, current_origin
from rules.prepared import Prepared

_head = Prepared(lambda: AuditHead.objects.select_for_update().filter(pk=1))


def record(
    *,
    by: User | None,
    verb: str,
    subject: str,
    data: Mapping[str, Any] | None = None,
    turn: AuditHead | None = None,
) -> AuditEvent:
    """Write one event at the end of the chain. Belongs inside the transaction of the write it tells of.

    `by` is None for what the system does of itself. Where the write comes from is added under a key of its own.
    `turn` is the end of the chain where the caller took it, and wrote nothing there since.
    """
    told = dict(data or {})
    if ORIGIN in told:
        raise ValueError(f"{ORIGIN!r} is kept for where an event comes from")
    if origin := current_origin():
        told[ORIGIN] = origin.to_json()
    head = turn or take_turn()
    fields: dict[str, Any] = {
        "sequence": head.sequence + 1,
        "actor_id": by.pk if by else None,
        "verb": verb,
        "subject": subject,
        "data": json.loads(json.dumps(told, cls=DjangoJSONEncoder)),
        "at": timezone.now(),
        "previous": head.digest,
    }
    event = AuditEvent(**fields, digest=event_digest(**fields))
    event.save()
    AuditHead.objects.filter(pk=1).update(sequence=event.sequence, digest=event.digest)
    return event


def take_turn() -> AuditHead:
    """Lock the end of the chain until the transaction ends; other writers wait.

    Whoever locks a proposal too does that first, so that two writers never wait for each other.
    """
    return _head.first() or AuditHead.objects.select_for_update().get_or_create(pk=1)[0]
