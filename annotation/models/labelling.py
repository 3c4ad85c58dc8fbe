"""How a benchmark is labelled: its guideline, the pairs that wait, who has which pair, and what was said of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.enums import AnnotatorState, AsideReason, AssignmentState, QueuedOrigin, QueuedState, SkipReason
from annotation.models.benchmark import LEVELS, Benchmark, Label
from annotation.models.catalogue import Pair
from rules.models.append_only import AppendOnly

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]
MOST_OVERLAP = 9


class Labelling(models.Model):
    """How the pairs of a benchmark are given to people. `is_open`: pairs are given out; `guideline`: the newest one."""

    benchmark = models.OneToOneField(Benchmark, on_delete=models.CASCADE, related_name="labelling")
    is_open = models.BooleanField(_("open"), default=True)
    overlap = models.PositiveSmallIntegerField(
        _("people a pair"), default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_OVERLAP)]
    )
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes a pair is held for somebody"), default=15, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    gold_share = models.FloatField(_("share of hidden gold pairs"), default=0.1, validators=SHARE)
    shows_votes = models.BooleanField(_("show the models' votes after the answer"), default=False)
    follows_votes = models.BooleanField(_("people a pair follow the models' votes"), default=False)
    audit_share = models.FloatField(
        _("share of unanimous pairs that a second person gets"), default=0.1, validators=SHARE
    )
    guideline = models.ForeignKey(
        "GuidelineVersion", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("manage_labelling", _("Can say how a benchmark is labelled, and by whom"))]

    def __str__(self) -> str:
        return f"{self.benchmark_id}: {self.overlap}"


class GuidelineVersion(AppendOnly):
    """What annotators go by; `sentences` maps each level to the one sentence that shows beside its button."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="guidelines")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    sentences = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["benchmark_id", "number"]
        constraints = [models.UniqueConstraint(fields=["benchmark", "number"], name="a_guideline_number_once")]

    def __str__(self) -> str:
        return f"{self.benchmark_id}: {self.number}"


class QueuedPair(models.Model):
    """A pair that people are to label for a benchmark.

    `place` is its place in the (shuffled) order. Of its `overlap` slots `taken` are given out or answered and `done`
    answered. `gold`: the level known beforehand; such a pair is given to everybody, has no slots, and says nothing of
    what it is. `settled`: the label that counts in the end.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="queue")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="queued")
    origin = models.CharField(_("origin"), max_length=12, choices=QueuedOrigin, default=QueuedOrigin.IMPORT)
    category = models.CharField(_("category"), max_length=60, blank=True)
    place = models.PositiveIntegerField(default=0)
    overlap = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=QueuedState, default=QueuedState.OPEN)
    gold = models.CharField(_("gold"), max_length=10, choices=LEVELS, blank=True)
    is_hard = models.BooleanField(_("hard"), default=False)
    wants_expert = models.BooleanField(_("goes to an expert"), default=False)
    settled = models.ForeignKey(Label, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["place", "id"]
        indexes = [
            models.Index(
                fields=["benchmark", "place"],
                name="pairs_with_a_free_slot",
                condition=models.Q(state="open", gold="", taken__lt=models.F("overlap")),
            ),
            models.Index(fields=["benchmark", "place"], name="gold_pairs", condition=~models.Q(gold="")),
            models.Index(fields=["benchmark", "state", "place"], name="queue_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["benchmark", "pair"], name="a_pair_queued_once"),
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("overlap"), done__lte=models.F("taken")),
                name="no_more_labels_than_the_overlap",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benchmark_id}: {self.pair_id}"


class Annotator(models.Model):
    """Somebody who labels for a benchmark. `cursor` is the place in the queue up to which they were given pairs."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="annotators")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=AnnotatorState, default=AnnotatorState.ACTIVE)
    cursor = models.BigIntegerField(default=-1)
    labels = models.PositiveIntegerField(default=0)
    gold_seen = models.PositiveIntegerField(default=0)
    gold_right = models.PositiveIntegerField(default=0)
    reason = models.TextField(_("reason"), blank=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["benchmark", "person"], name="an_annotator_once_a_benchmark")]

    def __str__(self) -> str:
        return f"{self.benchmark_id}: {self.person_id}"


class Assignment(models.Model):
    """A pair in the hands of one person, until a moment; afterwards what became of it.

    `slot` is the one of the pair's slots that it holds, from 1; none where it holds none (given back, or gold).
    `label` is the person's label that counts: a change of mind is another label. `saw_votes` once they were told what
    models say of the pair, after which the label stays.
    """

    queued = models.ForeignKey(QueuedPair, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=AssignmentState, default=AssignmentState.HELD)
    until = models.DateTimeField()
    label = models.OneToOneField(Label, on_delete=models.PROTECT, null=True, related_name="counts_for")
    skipped = models.CharField(_("why skipped"), max_length=12, choices=SkipReason, blank=True)
    note = models.TextField(_("note"), blank=True)
    seconds = models.FloatField(null=True)
    flagged_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    saw_votes = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        permissions = [("label_pair", _("Can label pairs"))]
        indexes = [
            models.Index(fields=["person", "state", "answered_at"], name="what_a_person_did"),
            models.Index(fields=["until"], name="leases_by_end", condition=models.Q(state="held")),
            models.Index(fields=["flagged_at"], name="flagged_pairs", condition=models.Q(flagged_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["queued", "person"], name="a_pair_once_an_annotator"),
            models.UniqueConstraint(fields=["queued", "slot"], name="a_slot_once_a_pair"),
            models.CheckConstraint(
                condition=models.Q(state="done", label__isnull=False) | ~models.Q(state="done"),
                name="done_with_a_label",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queued_id}: {self.person_id}"


class AsideLabel(AppendOnly):
    """A label that came too late, or over another one: kept, never counted."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="aside")
    level = models.CharField(_("level"), max_length=10, choices=LEVELS)
    note = models.TextField(_("note"), blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=AsideReason)
    submission = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.level}"
