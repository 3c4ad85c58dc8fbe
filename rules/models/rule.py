"""A rule and its immutable versions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.engine.rule import EffectKind
from rules.models.append_only import AppendOnly


class Rule(models.Model):
    """What stays the same while versions come and go: a number that people quote."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"R{self.number}"


class RuleVersion(AppendOnly):
    """One wording of a rule, never altered. `content` is the JSON of `rules.engine.content.RuleContent`.

    `words` (normalised) and `attributes` (`|brand|efficacy|`) repeat parts of it for the library's filters,
    which no database could make on JSON in the same way.
    """

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    effect = models.CharField(_("effect"), max_length=10, choices=[(kind.value, kind.label) for kind in EffectKind])
    content = models.JSONField()
    words = models.TextField(blank=True)
    attributes = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["rule_id", "-version"]
        constraints = [models.UniqueConstraint(fields=["rule", "version"], name="one_version_number_a_rule")]
        indexes = [models.Index(fields=["effect"])]

    def __str__(self) -> str:
        return f"{self.rule} v{self.version}"
