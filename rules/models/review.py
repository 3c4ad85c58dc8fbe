"""What people and machines say about a proposal before it is published."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.enums import CheckName, CheckState, Verdict
from rules.models.append_only import AppendOnly
from rules.models.proposal import Proposal


class Review(AppendOnly):
    """A verdict or a comment. An approval counts while `digest` is that of the proposal as it stands.

    `signed` holds the parts under the digest (`rules.engine.approval.Signed`), so that a void approval can say what
    changed since. `about` names the rule that a comment is about, if it is about one.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reviews")
    about = models.CharField(_("rule"), max_length=20, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    text = models.TextField(_("words"), blank=True, max_length=4000)
    digest = models.CharField(max_length=64)
    signed = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.verdict}"


class Check(models.Model):
    """The newest answer of one check about a proposal, as a commit status is.

    `content` is the digest of the changes it looked at; for another content it is pending again. `behind` names what
    it rests on (a benchmark and a run), and is signed by approvals. `details` is a page to read on.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="checks")
    name = models.CharField(_("check"), max_length=12, choices=CheckName.choices)
    state = models.CharField(_("state"), max_length=12, choices=CheckState.choices, default=CheckState.PENDING)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    params = models.JSONField(default=dict)
    details = models.CharField(max_length=300, blank=True)
    behind = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["proposal", "name"], name="one_check_of_a_name_a_proposal")]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.name} {self.state}"


class Override(AppendOnly):
    """A lead's word that a check need not pass, for one exact content of one proposal. It shows for ever."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="overrides")
    name = models.CharField(_("check"), max_length=12, choices=CheckName.choices)
    content = models.CharField(max_length=64)
    reason = models.TextField(_("reason"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.name}"


class Policy(AppendOnly):
    """What a proposal takes: approvals by kind of effect, and the checks that must pass. The newest row holds."""

    approvals = models.JSONField(default=dict)
    otherwise = models.PositiveSmallIntegerField(default=1)
    safety = models.PositiveSmallIntegerField(default=2)
    required = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pk}"
