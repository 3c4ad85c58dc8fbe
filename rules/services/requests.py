"""Requests that are sent again when nobody knows whether they arrived: done twice, they are done once."""

import hashlib

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rules.models import AuditEvent, Proposal
from rules.services import audit
from rules.services.permissions import require
from rules.services.proposals import open_proposal


@transaction.atomic
def open_once(*, by: User, key: str, title: str, reason: str) -> Proposal:
    """The proposal that this person opened under `key`, or a new one. The audit trail is what remembers keys.

    Raises ValidationError where the same key came with another title or reason.
    """
    require(by, "rules.change_proposal")
    audit.take_turn()
    subject = f"request:{hashlib.sha256(f'{by.pk} {key}'.encode()).hexdigest()[:32]}"
    asked = {"title": title, "reason": reason}
    kept = AuditEvent.objects.filter(subject=subject).first()
    if kept is None:
        proposal = open_proposal(by=by, title=title, reason=reason)
        audit.record(by=by, verb="request.kept", subject=subject, data=asked | {"proposal": proposal.pk})
        return proposal
    if {name: kept.data[name] for name in asked} != asked:
        raise ValidationError(_("This key was used for another proposal."), code="key_reused")
    return Proposal.objects.get(pk=kept.data["proposal"])
