"""The audit trail: who did what, chained by digest so that a gap or an edit shows."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.models.append_only import AppendOnly


def event_digest(
    *, sequence: int, actor_id: int | None, verb: str, subject: str, data: Any, at: datetime, previous: str
) -> str:
    """SHA-256 of one event and, by `previous`, of all before it."""
    parts = [sequence, actor_id, verb, subject, data, at.astimezone(UTC).isoformat(), previous]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class AuditEvent(AppendOnly):
    """One write. `digest` covers this event and the digest of the one before it."""

    sequence = models.PositiveBigIntegerField(unique=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["subject", "-sequence"]),
            models.Index(fields=["verb", "-sequence"], name="audit_verb"),
            models.Index(fields=["actor", "-sequence"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
        ]
        permissions = [("export_audit", _("Can export the audit trail"))]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject}"

    def expected_digest(self) -> str:
        """The digest that the row as it stands should have."""
        return event_digest(
            sequence=self.sequence,
            actor_id=self.actor_id,
            verb=self.verb,
            subject=self.subject,
            data=self.data,
            at=self.at,
            previous=self.previous,
        )


class AuditHead(models.Model):
    """The one row that says where the chain ends; writers take turns by locking it."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_head")]

    def __str__(self) -> str:
        return str(self.sequence)
