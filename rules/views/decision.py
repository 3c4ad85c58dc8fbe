"""What the one button of a proposal would do, and why it can't when it can't."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rules import selectors
from rules.enums import ChangeKind, ProposalState
from rules.selectors import DraftedChange, ProposalSummary
from rules.views.roles import may_publish


@dataclass(frozen=True, slots=True)
class Decision:
    """The words of the button, and the obstacles to pressing it; with none it can be pressed."""

    label: str
    obstacles: tuple[str, ...]


def decision_on(summary: ProposalSummary, user: User) -> Decision | None:
    """What publishing would do. None once the proposal was decided."""
    if summary.proposal.state != ProposalState.DRAFT:
        return None
    current = selectors.current_release()
    words = {"number": current.number + 1 if current else 1, "changes": change_counts(summary.effective)}
    label = _("Publish as release %(number)s: %(changes)s") % words
    return Decision(label, tuple(obstacles(summary, user)))


def obstacles(summary: ProposalSummary, user: User) -> list[str]:
    """Why this person can't publish this proposal now."""
    found = []
    if not summary.effective:
        found.append(_("It changes nothing yet."))
    if summary.has_problems:
        found.append(_("Some of its rules are not complete; what is missing is said with each."))
    if summary.stale:
        found.append(_("Another release was published since it was opened. Bring it up to date first."))
    if not may_publish(user):
        found.append(_("Your role does not publish; ask an expert or a lead."))
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
