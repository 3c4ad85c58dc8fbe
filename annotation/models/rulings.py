"""What was ruled where labels differ: each ruling is a precedent for pairs like it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.enums import RulingReason
from annotation.models.benchmark import LEVELS, Label
from annotation.models.cases import BadCase
from annotation.models.labelling import QueuedPair
from rules.models.append_only import AppendOnly


class Ruling(AppendOnly):
    """One ruling on a pair. The one of the highest `number` counts; one without a level took the one before it back.

    `before` is the label that counted until then. `words` are the query, the title and what was said, as they are
    searched; `query` and `name` the query and the product's name, as they are compared.
    """

    queued = models.ForeignKey(QueuedPair, on_delete=models.PROTECT, related_name="rulings")
    number = models.PositiveIntegerField()
    level = models.CharField(_("level"), max_length=10, choices=LEVELS, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=RulingReason, blank=True)
    note = models.TextField(_("in words"), blank=True, max_length=4000)
    label = models.OneToOneField(Label, on_delete=models.PROTECT, null=True, related_name="ruling")
    before = models.ForeignKey(Label, on_delete=models.PROTECT, null=True, related_name="+")
    submission = models.UUIDField(unique=True)
    words = models.TextField()
    query = models.CharField(max_length=300)
    name = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        permissions = [("rule_conflict", _("Can rule on pairs whose labels differ"))]
        indexes = [
            models.Index(fields=["query"], name="rulings_by_query"),
            models.Index(fields=["name"], name="rulings_by_product_name"),
            models.Index(fields=["created_by", "-id"], name="rulings_of_a_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["queued", "number"], name="a_ruling_follows_the_one_that_was_seen"),
            models.CheckConstraint(
                condition=models.Q(level="", label=None) | (~models.Q(level="") & models.Q(label__isnull=False)),
                name="a_ruling_has_a_label_or_takes_one_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queued_id}: {self.level or '-'}"


class RulingCase(AppendOnly):
    """A bad case that was opened from a ruling."""

    ruling = models.OneToOneField(Ruling, on_delete=models.PROTECT, related_name="opened")
    case = models.ForeignKey(BadCase, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.ruling_id}: {self.case_id}"


class ConflictHold(models.Model):
    """Somebody has a pair open that waits for a ruling, until a moment."""

    queued = models.OneToOneField(QueuedPair, on_delete=models.CASCADE, related_name="hold")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queued_id}: {self.person_id}"
