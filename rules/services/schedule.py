"""Publishing what falls due. Everything is looked at again at that moment, as if somebody pressed the button."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from rules.enums import ProposalState
from rules.models import Proposal, Release
from rules.services import audit
from rules.services.moves import move, settle
from rules.services.releases import publish_proposal
from rules.signals import proposal_not_published


def publish_due() -> list[Release]:
    """Publish every scheduled proposal whose time has come, as whoever scheduled it; the releases made.

    One that may not be published any more goes back to review and says why. Safe to call at any time, twice too.
    """
    due = Proposal.objects.filter(state=ProposalState.SCHEDULED, publish_at__lte=timezone.now()).order_by("publish_at")
    return [release for proposal in due if (release := _publish(proposal)) is not None]


def _publish(proposal: Proposal) -> Release | None:
    scheduler = proposal.scheduled_by
    assert scheduler is not None
    try:
        return publish_proposal(by=scheduler, proposal=proposal)
    except (ValidationError, PermissionDenied) as error:
        _hand_back(proposal, "; ".join(error.messages) if isinstance(error, ValidationError) else str(error))
        return None


@transaction.atomic
def _hand_back(proposal: Proposal, why: str) -> None:
    """Let a proposal that could not be published wait for people again; another worker may have been first."""
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != ProposalState.SCHEDULED or locked.publish_at is None or locked.publish_at > timezone.now():
        return
    due, scheduler_id = locked.publish_at, locked.scheduled_by_id
    locked.publish_at, locked.scheduled_by = None, None
    locked.save(update_fields=["publish_at", "scheduled_by", "updated_at"])
    row = move(by=None, proposal=locked, to=ProposalState.IN_REVIEW, reason=why)
    data = {"why": why, "before": {"publish_at": due}, "after": {"publish_at": None}}
    audit.record(by=None, verb="proposal.not_published", subject=f"proposal:{locked.pk}", data=data)
    told = {"move_id": row.pk, "scheduler_id": scheduler_id, "why": why}
    settle(by=None, proposal=locked)
    transaction.on_commit(lambda: proposal_not_published.send_robust(Proposal, **told))
