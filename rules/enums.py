"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ChangeKind(models.TextChoices):
    ADD = "add", _("added")
    EDIT = "edit", pgettext_lazy("rule change", "changed")
    RETIRE = "retire", _("retired")


OPEN = frozenset({ProposalState.DRAFT, ProposalState.IN_REVIEW, ProposalState.APPROVED, ProposalState.SCHEDULED})
"""The states in which a proposal is not decided yet, and can be edited."""

MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset({ProposalState.IN_REVIEW, ProposalState.WITHDRAWN}),
    ProposalState.IN_REVIEW: frozenset({ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.WITHDRAWN}),
    ProposalState.APPROVED: frozenset(
        {
            ProposalState.DRAFT,
            ProposalState.IN_REVIEW,
            ProposalState.SCHEDULED,
            ProposalState.PUBLISHED,
            ProposalState.WITHDRAWN,
        }
    ),
    ProposalState.SCHEDULED: frozenset(
        {
            ProposalState.DRAFT,
            ProposalState.IN_REVIEW,
            ProposalState.APPROVED,
            ProposalState.PUBLISHED,
            ProposalState.WITHDRAWN,
        }
    ),
    ProposalState.PUBLISHED: frozenset(),
    ProposalState.WITHDRAWN: frozenset(),
}
"""Every legal move of a proposal."""


class Verdict(models.TextChoices):
    APPROVE = "approve", _("approved")
    ASK = "ask", _("asked for changes")
    COMMENT = "comment", _("commented")


class CheckState(models.TextChoices):
    PENDING = "pending", _("pending")
    RUNNING = "running", _("running")
    PASSED = "passed", _("passed")
    FAILED = "failed", pgettext_lazy("check", "failed")
    UNDERPOWERED = "underpowered", _("too few pairs to tell")


class CheckName(models.TextChoices):
    EXAMPLES = "examples", _("pinned examples")
    CONFLICTS = "conflicts", _("conflicts")
    COVERAGE = "coverage", _("coverage")
    BENCHMARK = "benchmark", _("before and after")
    MUST_HOLD = "must_hold", _("must-hold pairs")


class NotificationKind(models.TextChoices):
    """What people are told of; the label says it on the page where each kind can be turned off."""

    REVIEW_ASKED = "review_asked", _("somebody asks for a review")
    APPROVED = "approved", _("a proposal of yours is approved")
    CHANGES_ASKED = "changes_asked", _("somebody asks you for changes")
    COMMENTED = "commented", _("somebody comments")
    VOID = "void", _("an approval is void")
    CHECK_FAILED = "check_failed", _("a check of your proposal fails")
    SCHEDULED = "scheduled", _("a proposal is scheduled")
    PUBLISHED = "published", _("a proposal is published")
    OVERTAKEN = "overtaken", _("another release comes before an approved proposal")
    REGRESSED = "regressed", _("a bad case that you fixed is wrong again")
    NOT_PUBLISHED = "not_published", _("a scheduled proposal could not be published")
    PAUSED = "paused", _("somebody who labels was paused")
    OVERDUE = "overdue", _("a bad case that could harm a patient waits for too long")
