"""Proposals that judge incoming pairs beside the release in force, without effect."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models import Pair
from annotation.models.benchmark import LEVELS
from inference.enums import IncomingFrom, ShadowOutcome
from rules.models import Proposal
from rules.models.append_only import AppendOnly


class Shadow(models.Model):
    """A proposal shadows the release in force from `started_at` on, until `until` or until somebody ends it.

    At most `most` pairs are counted for each content of the proposal.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="shadows")
    until = models.DateTimeField(_("until"))
    most = models.PositiveIntegerField(_("most pairs"))
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(ended_at=None), name="a_proposal_shadows_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} until {self.until:%Y-%m-%d %H:%M}"


class ShadowItem(models.Model):
    """A pair of the catalogue that came in and that no shadow has judged yet; gone once they have."""

    pair = models.OneToOneField(Pair, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pair_id}"


class ShadowJudgment(AppendOnly):
    """One incoming pair judged under the base of a proposal and under the proposal as it stood (`content`).

    `case` digests the texts: the same again counts once. Texts, levels and the `rules` behind are kept where it differs.
    """

    shadow = models.ForeignKey(Shadow, on_delete=models.PROTECT, related_name="judgments")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", db_index=False)
    content = models.CharField(max_length=64)
    case = models.CharField(max_length=64)
    source = models.CharField(max_length=6, choices=IncomingFrom.choices)
    outcome = models.CharField(max_length=9, choices=ShadowOutcome.choices)
    before = models.CharField(max_length=10, choices=LEVELS, blank=True)
    after = models.CharField(max_length=10, choices=LEVELS, blank=True)
    query = models.TextField(blank=True)
    title = models.TextField(blank=True)
    rules = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "content", "case"], name="a_pair_once_a_content_of_a_proposal")
        ]
        indexes = [models.Index(fields=["proposal", "content", "outcome", "id"], name="shadow_outcomes")]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.outcome}"
