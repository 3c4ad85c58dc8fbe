"""Labelled pairs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from annotation.enums import LabelKind
from annotation.models.catalogue import Pair
from rules.engine.attributes import Level
from rules.models.append_only import AppendOnly

FIXED_CASES = "bad-cases"
"""The short name of the benchmark that holds fixed bad cases to their expected levels."""
FIXED_CASES_NAME = gettext_noop("Fixed bad cases")
LEVELS = [(level.value, level.label) for level in Level]


class Benchmark(models.Model):
    """A named set of labelled pairs."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return gettext(self.name) if self.name == FIXED_CASES_NAME else self.name


class Label(AppendOnly):
    """The level somebody, or a model, gave a pair, for a benchmark. A change of mind is another label.

    `source` names who gave it where that is no account: a file, or the model with its revision. `submission` is what
    the sender calls this label, so that it is stored once however often it is sent.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="labels")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="labels")
    level = models.CharField(_("level"), max_length=10, choices=LEVELS)
    source = models.CharField(_("source"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=LabelKind, default=LabelKind.GIVEN)
    votes = models.JSONField(default=list)
    note = models.TextField(_("note"), blank=True)
    guideline = models.ForeignKey("annotation.GuidelineVersion", on_delete=models.PROTECT, null=True, related_name="+")
    submission = models.UUIDField(unique=True, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["benchmark", "kind", "pair"], name="labels_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]), name="label_has_a_level"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.level}"


class BenchmarkPair(models.Model):
    """A pair's place in a benchmark, and the label that counts there.

    `must_hold`: no change of the rules may move it away from its label.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="members")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="memberships")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="+")
    must_hold = models.BooleanField(_("must hold"), default=False)

    class Meta:
        ordering = ["id"]
        permissions = [("set_must_hold", _("Can say which pairs must hold"))]
        indexes = [models.Index(fields=["benchmark"], condition=models.Q(must_hold=True), name="pairs_that_must_hold")]
        constraints = [models.UniqueConstraint(fields=["benchmark", "pair"], name="a_pair_once_a_benchmark")]

    def __str__(self) -> str:
        return f"{self.benchmark_id}: {self.pair_id}"
