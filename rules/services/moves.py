"""Moves of a proposal from one state to another: each is a conditional update with a row that says who and why."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.enums import MOVES, ProposalState
from rules.models import Proposal, ProposalMove
from rules.selectors.reviews import standing_of
from rules.services import audit
from rules.signals import proposal_moved


def move(*, by: User | None, proposal: Proposal, to: ProposalState, reason: str = "") -> ProposalMove:
    """Move a locked proposal; the row of the move. Raises ValidationError for a move there is not, or when somebody was first."""
    before = ProposalState(proposal.state)
    legal = to in MOVES[before]
    if not legal or not Proposal.objects.filter(pk=proposal.pk, state=before).update(
        state=to, updated_at=timezone.now()
    ):
        raise ValidationError(
            _("A proposal that is %(before)s can't become %(after)s.")
            % {"before": before.label, "after": ProposalState(to).label},
            code="no_such_move",
        )
    proposal.state = to
    row: ProposalMove = ProposalMove.objects.create(proposal=proposal, before=before, after=to, reason=reason, by=by)
    data = {"before": before, "after": to, "reason": reason}
    audit.record(by=by, verb=f"proposal.{to}", subject=f"proposal:{proposal.pk}", data=data)
    transaction.on_commit(lambda: proposal_moved.send_robust(ProposalMove, move_id=row.pk))
    return row


def settle(*, by: User | None, proposal: Proposal) -> None:
    """Bring the state of a locked proposal in line with its approvals: given, or void because something changed."""
    state = ProposalState(proposal.state)
    if state not in (ProposalState.IN_REVIEW, ProposalState.APPROVED, ProposalState.SCHEDULED):
        return
    standing = standing_of(proposal)
    if standing.is_approved and standing.summary.effective:
        if state == ProposalState.IN_REVIEW:
            move(by=by, proposal=proposal, to=ProposalState.APPROVED)
        if proposal.state == ProposalState.APPROVED and proposal.publish_at is not None:
            move(by=by, proposal=proposal, to=ProposalState.SCHEDULED)
        if proposal.state == ProposalState.SCHEDULED and proposal.publish_at is None:
            move(by=by, proposal=proposal, to=ProposalState.APPROVED)
        return
    if state != ProposalState.IN_REVIEW:
        parts = sorted({one.part for review in standing.reviews for one in review.differences})
        move(by=by, proposal=proposal, to=ProposalState.IN_REVIEW, reason=f"void: {', '.join(parts)}" if parts else "")
