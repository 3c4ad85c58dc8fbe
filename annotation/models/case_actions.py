"""What was done to bad cases, so that each action can be undone; what they are linked to; and saved views."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.enums import CaseState, CaseVerb, LinkKind
from annotation.models.benchmark import Label
from annotation.models.cases import BadCase
from rules.models import Proposal, RuleVersion
from rules.models.append_only import AppendOnly


class CaseAction(AppendOnly):
    """One action on one or many cases. `undoes` is the one that it took back: each can be taken back once."""

    verb = models.CharField(_("action"), max_length=10, choices=CaseVerb.choices)
    note = models.TextField(_("note"), blank=True, max_length=4000)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="case_action_by")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.verb}"


class CaseMove(AppendOnly):
    """What an action changed of one case: fields to their values before and after. `edition` is the case's since then.

    `run` names the run that moved it, of which each may do so once.
    """

    action = models.ForeignKey(CaseAction, on_delete=models.PROTECT, related_name="moves")
    case = models.ForeignKey(BadCase, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=12, choices=CaseState.choices)
    after = models.CharField(max_length=12, choices=CaseState.choices)
    changes = models.JSONField(default=dict)
    edition = models.PositiveIntegerField()
    run = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "case"], name="one_move_an_action_and_case"),
            models.UniqueConstraint(
                fields=["case", "run"], condition=models.Q(run__gt=""), name="a_run_moves_a_case_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.before} > {self.after}"


class CaseLink(models.Model):
    """What a case led to. `entry` names a version of a knowledge entry (`medicine/布洛芬/3`), which this app does not know.

    `action` made the link; `removed` took it away, and gives it back when that is undone.
    """

    case = models.ForeignKey(BadCase, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.CharField(max_length=240, blank=True)
    action = models.ForeignKey(CaseAction, on_delete=models.PROTECT, related_name="linked")
    removed = models.ForeignKey(CaseAction, on_delete=models.PROTECT, null=True, related_name="unlinked")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=LinkKind.PROPOSAL, proposal__isnull=False, version=None, label=None, entry="")
                | models.Q(kind=LinkKind.VERSION, proposal=None, version__isnull=False, label=None, entry="")
                | models.Q(kind=LinkKind.LABEL, proposal=None, version=None, label__isnull=False, entry="")
                | models.Q(kind=LinkKind.ENTRY, proposal=None, version=None, label=None, entry__gt=""),
                name="a_link_has_one_end",
            ),
            models.UniqueConstraint(
                fields=["case", "proposal"],
                condition=models.Q(removed=None, kind=LinkKind.PROPOSAL),
                name="a_case_once_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class CaseView(models.Model):
    """A filter of the inbox under a name: a link that everybody sees if it is `shared`. `query` is the address's part."""

    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(_("for everybody"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["created_by", "name"], name="one_view_of_a_name_a_person")]

    def __str__(self) -> str:
        return self.name
