"""Runs and the judgments they made."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models import Benchmark, Pair
from annotation.models.benchmark import LEVELS
from inference.enums import ItemState, RunState
from inference.knowledge.passages import Found
from inference.models.ablation import Ablation
from inference.models.pipeline import PipelineConfig
from rules.models import Release
from rules.models.append_only import AppendOnly


class Run(models.Model):
    """A pipeline configuration x a release x a set of pairs. What it pins is never altered after launch.

    `baseline` is the run whose judgments were reused where their key is the same; comparing with
    it shows what the release changed. `knowledge` is the digest of the knowledge in use, which holds the entry
    versions up to `entries_upto`; `context` also digests the documents and the parameters (`PairReading`).
    `ablation` is the one that the run is a step of. A `full` run judges every pair, whatever was judged before.
    `again_of` is the run whose failed pairs it asks again, over its pairs and pins.
    """

    config = models.ForeignKey(PipelineConfig, on_delete=models.PROTECT, related_name="runs")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="runs")
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, null=True, related_name="runs")
    baseline = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reruns")
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    knowledge = models.CharField(max_length=64)
    entries_upto = models.PositiveBigIntegerField(default=0)
    context = models.CharField(max_length=64, blank=True)
    full = models.BooleanField(_("every pair judged anew"), default=False)
    ablation = models.ForeignKey(Ablation, on_delete=models.CASCADE, null=True, related_name="runs")
    again_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="asked_again")
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
            ),
            models.UniqueConstraint(
                fields=["again_of"],
                condition=~models.Q(state=RunState.CANCELLED),
                name="failed_ones_are_asked_again_once",
            ),
        ]
        permissions = [
            ("launch_run", _("Can launch a run")),
            ("cancel_run", _("Can cancel a run")),
            ("export_examples", _("Can export examples for distillation")),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def day(self) -> date:
        """The day whose rules count and whose pages were found: that of the run whose failed pairs it asks again."""
        return self.again_of.day if self.again_of else timezone.localdate(self.created_at)


class RunItem(models.Model):
    """One pair that a run has still to judge, with the level expected of it at launch; gone once it is judged.

    Its key is rendered first (WAITING); where no judgment is known by it the pair must be judged (NEW). A worker claims
    it (`claimed_by`, until `claimed_until`); a claim that ran out may be taken over. A `canary` is judged in every run,
    whatever was judged before.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+")
    expected = models.CharField(max_length=10, choices=LEVELS, blank=True)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.WAITING)
    canary = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=60, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "pair"], name="a_pair_once_a_run")]
        indexes = [models.Index(fields=["run", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pair_id}: {self.state}"


class JudgmentTrace(AppendOnly):
    """What decided a judgment, step by step, shared by all judgments taken over by its key.

    `case` holds the texts that were judged (`inference.pipeline.case`) and `evidence` names the passages that were found
    (`inference.knowledge.pinned`), so that it can be replayed when the catalogue and the documents have moved on.
    """

    key = models.CharField(max_length=64, db_index=True)
    content = models.JSONField()
    case = models.JSONField(default=dict)
    evidence = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    found: Sequence[Found] = ()
    """The passages behind `evidence`, on a row that is not stored yet."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key[:12]


class Judgment(AppendOnly):
    """The level one run gave a pair. A failed one has no level, and says why.

    `key` identifies what decided it: same key, same judgment. `reused` marks one taken over from
    an earlier run by its key. `case` digests the texts that were judged: two judgments compare where it is the same.
    `category` is the top category of the product as it was read; a failed judgment has none.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="judgments")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="judgments")
    level = models.CharField(_("level"), max_length=10, choices=LEVELS, blank=True)
    expected = models.CharField(max_length=10, choices=LEVELS, blank=True)
    failure = models.CharField(_("failure"), max_length=40, blank=True)
    line = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=64, db_index=True)
    case = models.CharField(max_length=16, blank=True)
    category = models.CharField(_("category"), max_length=40, blank=True)
    reused = models.BooleanField(default=False)
    canary = models.BooleanField(default=False)
    traced = models.ForeignKey(JudgmentTrace, on_delete=models.PROTECT, related_name="judgments")
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
        indexes = [
            models.Index(fields=["run", "level"]),
            models.Index(fields=["run"], condition=models.Q(canary=True), name="judgments_of_canaries"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pair_id}: {self.level or self.failure}"

    @property
    def trace(self) -> dict[str, Any]:
        """What decided it, as plain JSON values."""
        content: dict[str, Any] = self.traced.content
        return content

    @property
    def replied_as(self) -> str:
        """What the replies behind it are kept under: its key, thresholds aside."""
        return str(self.trace.get("replied_as", self.key))


class PairReading(models.Model):
    """What of a pair's understanding is kept, so that its key is rendered without reading it again.

    It holds in one `context` (a digest of knowledge, documents, parameters and code) while the digest of the pair's
    texts is `case`. See `inference.pipeline.kept_reading`. Nothing is lost with it but time.
    """

    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="+", db_index=False)
    context = models.CharField(max_length=64)
    case = models.CharField(max_length=16)
    base = models.CharField(max_length=64)
    query_side = models.TextField()
    product_side = models.TextField()
    mismatched = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["pair", "context"], name="a_pair_kept_once_a_context")]
        indexes = [models.Index(fields=["context"])]

    def __str__(self) -> str:
        return f"{self.pair_id} in {self.context[:12]}"
