"""Moves of a proposal from one state to another: each is a conditional update with a row that says who and why."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.enums import MOVES, ProposalState
from rules.models import AuditEvent, Proposal, ProposalMove
from rules.selectors.reviews import Standing, standing_of
from rules.services import audit
from rules.signals import proposal_moved


def move(
    *,
    by: User | None,
    proposal: Proposal,
    to: ProposalState,
    reason: str = "",
    told: Mapping[str, object] | None = None,
) -> ProposalMove:
    """Move a locked proposal; the row of the move. `told` is more for the audit trail to keep of it.

    Raises ValidationError for a move there is not, or when somebody was first.
    """
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
    data = {"before": before, "after": to, "reason": reason} | dict(told or {})
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
            counted = [one.review.pk for one in standing.approvals]
            move(by=by, proposal=proposal, to=ProposalState.APPROVED, told={"reviews": counted})
        if proposal.state == ProposalState.APPROVED and proposal.publish_at is not None:
            move(by=by, proposal=proposal, to=ProposalState.SCHEDULED)
        if proposal.state == ProposalState.SCHEDULED and proposal.publish_at is None:
            move(by=by, proposal=proposal, to=ProposalState.APPROVED)
        return
    if state != ProposalState.IN_REVIEW:
        move(by=by, proposal=proposal, to=ProposalState.IN_REVIEW, reason=_why_back(standing))


def _why_back(standing: Standing) -> str:
    """Why a proposal is approved no longer: what made the approvals void that it was approved by, or a key of BACK."""
    counted = _counted(standing.summary.proposal)
    parts = {one.part for review in standing.reviews if review.review.pk in counted for one in review.differences}
    if parts:
        return f"void: {', '.join(sorted(parts))}"
    if standing.asking:
        return "asked"
    return "more" if standing.summary.effective else "nothing"


def _counted(proposal: Proposal) -> set[int]:
    """The approvals by which a proposal came to be approved last."""
    events = AuditEvent.objects.filter(subject=f"proposal:{proposal.pk}", verb="proposal.approved")
    last = events.order_by("-sequence").first()
    return set(last.data.get("reviews", ())) if last else set()
