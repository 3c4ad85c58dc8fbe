"""Runs and the judgments they made."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models import Benchmark, Pair
from annotation.models.benchmark import LEVELS
from inference.enums import ItemState, RunState
from inference.models.ablation import Ablation
from inference.models.pipeline import PipelineConfig
from rules.models import Release
from rules.models.append_only import AppendOnly


class Run(models.Model):
    """A pipeline configuration x a release x a set of pairs. What it pins is never altered after launch.

    `baseline` is the run whose judgments were reused where their key is the same; comparing with
    it shows what the release changed. `knowledge` is the digest of the knowledge in use, which holds the entry
    versions up to `entries_upto`. `ablation` is the one that the run is a step of.
    """

    config = models.ForeignKey(PipelineConfig, on_delete=models.PROTECT, related_name="runs")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="runs")
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, null=True, related_name="runs")
    baseline = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reruns")
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    knowledge = models.CharField(max_length=64)
    entries_upto = models.PositiveBigIntegerField(default=0)
    ablation = models.ForeignKey(Ablation, on_delete=models.CASCADE, null=True, related_name="runs")
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["config", "release", "benchmark"],
                condition=models.Q(state=RunState.RUNNING),
                name="the_same_run_once_at_a_time",
            )
        ]
        permissions = [("launch_run", _("Can launch a run")), ("cancel_run", _("Can cancel a run"))]

    def __str__(self) -> str:
        return f"{self.pk}"


class RunItem(models.Model):
    """One pair that a run has to judge, with the level expected of it at launch.

    A worker claims it (`claimed_by`, until `claimed_until`); a claim that ran out may be taken over.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+")
    expected = models.CharField(max_length=10, choices=LEVELS, blank=True)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.WAITING)
    claimed_by = models.CharField(max_length=60, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "pair"], name="a_pair_once_a_run")]
        indexes = [models.Index(fields=["run", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pair_id}: {self.state}"


class Judgment(AppendOnly):
    """The level one run gave a pair. A failed one has no level, and says why.

    `key` identifies what decided it: same key, same judgment. `reused` marks one taken over from
    an earlier run by its key.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="judgments")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="judgments")
    level = models.CharField(_("level"), max_length=10, choices=LEVELS, blank=True)
    expected = models.CharField(max_length=10, choices=LEVELS, blank=True)
    failure = models.CharField(_("failure"), max_length=40, blank=True)
    line = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=64, db_index=True)
    reused = models.BooleanField(default=False)
    trace = models.JSONField()
    milliseconds = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "pair"], name="one_judgment_a_run_and_pair"),
            models.CheckConstraint(
                condition=models.Q(level="", failure__gt="") | (models.Q(failure="") & ~models.Q(level="")),
                name="a_level_or_a_failure",
            ),
        ]
        indexes = [models.Index(fields=["run", "level"])]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pair_id}: {self.level or self.failure}"
