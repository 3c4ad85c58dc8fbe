"""Drafts of rule changes on a base release, and every state they went through."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.enums import ChangeKind, ProposalState
from rules.models.append_only import AppendOnly
from rules.models.release import Release
from rules.models.rule import Rule


class Proposal(models.Model):
    """A draft of rule changes; publishing it makes the next release.

    `publish_at` is when a scheduled one is to be published, `scheduled_by` who said so. `restores` is the older
    release that a rollback goes back to. `authors` are all who wrote in it: none of them may approve it.
    """

    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"), blank=True, max_length=4000)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT)
    base = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="proposals")
    published = models.OneToOneField(Release, on_delete=models.PROTECT, null=True, related_name="proposal")
    restores = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="rollbacks")
    publish_at = models.DateTimeField(_("publish at"), null=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at", "-id"]
        permissions = [
            ("review_proposal", _("Can review a proposal")),
            ("override_check", _("Can override a failed check")),
            ("set_policy", _("Can say what a proposal takes")),
        ]

    def __str__(self) -> str:
        return self.title


class ProposalMove(AppendOnly):
    """One change of a proposal's state: from what to what, by whom (nobody: the system), and why."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=10, choices=ProposalState.choices)
    after = models.CharField(max_length=10, choices=ProposalState.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.before} > {self.after}"


class Change(models.Model):
    """One rule added, changed or retired in a proposal. Editable while the proposal is open.

    `edition` counts the saves, so that an edit of a content somebody else changed meanwhile is refused.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="changes")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, null=True, related_name="changes")
    kind = models.CharField(_("kind"), max_length=6, choices=ChangeKind.choices)
    content = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["proposal", "rule"], name="one_change_of_a_rule_a_proposal")]

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.pk}: {self.kind}"
