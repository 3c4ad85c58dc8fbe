"""The audit trail: who did what, chained by digest so that a gap or an edit shows."""

from django.conf import settings
from django.db import models

from rules.models.append_only import AppendOnly


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
        indexes = [models.Index(fields=["subject", "-sequence"])]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject}"


class AuditHead(models.Model):
    """The one row that says where the chain ends; writers take turns by locking it."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_head")]
