"""The numbered, immutable sets of rule versions in force."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.models.append_only import AppendOnly
from rules.models.rule import Rule, RuleVersion


class Release(AppendOnly):
    """The rules in force from one publish to the next. `digest` covers every rule version in it."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    base = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    notes = models.TextField(_("notes"), blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        permissions = [("publish_release", _("Can publish a release"))]

    def __str__(self) -> str:
        return f"#{self.number}"


class ReleaseEntry(AppendOnly):
    """One rule version in one release."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="entries")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "rule"], name="one_version_of_a_rule_a_release")]
