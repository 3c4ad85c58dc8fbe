"""What the one button of a proposal would do, and why it can't when it can't."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rules import selectors
from rules.enums import OPEN, ChangeKind, ProposalState
from rules.selectors import DraftedChange, ProposalSummary
from rules.selectors.reviews import Standing
from rules.services.releases import refusals
from rules.views.roles import may_draft, may_publish


@dataclass(frozen=True, slots=True)
class Decision:
    """The words of the button, and the obstacles to pressing it; with none it can be pressed. `page` names its deed."""

    page: str
    label: str
    obstacles: tuple[str, ...]

    @property
    def publishes(self) -> bool:
        """Whether a press makes a release."""
        return self.page == "rules:publish"


def decision_on(standing: Standing, user: User) -> Decision | None:
    """The next step of a proposal: asking for a review, or publishing. None once it was decided."""
    summary = standing.summary
    if summary.proposal.state not in OPEN:
        return None
    if summary.proposal.state == ProposalState.DRAFT:
        label = _("Ask for review: %(changes)s") % {"changes": change_counts(summary.effective)}
        return Decision("rules:ask_for_review", label, tuple(unfinished(summary, user)))
    current = selectors.current_release()
    words = {"number": current.number + 1 if current else 1, "changes": change_counts(summary.effective)}
    told = [message for refusal in refusals(standing) for message in refusal.messages]
    if not may_publish(user):
        told.append(_("Your role does not publish; ask an expert or a lead."))
    return Decision("rules:publish", _("Publish as release %(number)s: %(changes)s") % words, tuple(told))


def unfinished(summary: ProposalSummary, user: User) -> list[str]:
    """Why a draft can't be put before reviewers yet."""
    found = []
    if not summary.effective:
        found.append(_("It changes nothing yet."))
    if summary.has_problems:
        found.append(_("Some of its rules are not complete; what is missing is said with each."))
    if not may_draft(user):
        found.append(_("Your role does not change proposals; ask an expert or a lead."))
    return found


def change_counts(changes: tuple[DraftedChange, ...]) -> str:
    """How many rules are added, changed and retired, in words."""
    counts = Counter(change.change.kind for change in changes)
    added, edited, retired = (counts[kind] for kind in (ChangeKind.ADD, ChangeKind.EDIT, ChangeKind.RETIRE))
    words = [
        (added, ngettext("%(n)s rule added", "%(n)s rules added", added)),
        (edited, ngettext("%(n)s rule changed", "%(n)s rules changed", edited)),
        (retired, ngettext("%(n)s rule retired", "%(n)s rules retired", retired)),
    ]
    return _(", ").join(text % {"n": n} for n, text in words if n) or _("nothing changed")
