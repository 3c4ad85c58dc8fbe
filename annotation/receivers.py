"""What becomes of cases when their proposal moves, who is told of those that come back, and who is paused."""

from typing import Any

from django.dispatch import receiver

from annotation.models import CaseAction
from annotation.services.case_notices import tell_regressed
from annotation.services.case_remedies import fix_published, leave_withdrawn
from annotation.services.watching import look_at
from annotation.signals import cases_regressed, gold_answered
from rules.enums import ProposalState
from rules.models import Proposal, ProposalMove
from rules.signals import proposal_moved, release_published
from rules.tasks import send_mails


@receiver(release_published, dispatch_uid="fix_cases")
def fix_cases(*, release_id: int, **kwargs: Any) -> None:
    """Fix the cases whose example came into force, before the release is run on them."""
    proposal = Proposal.objects.filter(published=release_id).select_related("published").first()
    if proposal:
        fix_published(proposal=proposal)


@receiver(proposal_moved, dispatch_uid="leave_withdrawn_proposal")
def leave_proposal(*, move_id: int, **kwargs: Any) -> None:
    """Take the cases out of a proposal that was withdrawn."""
    move = ProposalMove.objects.select_related("proposal").get(pk=move_id)
    if move.after == ProposalState.WITHDRAWN:
        leave_withdrawn(proposal=move.proposal)


@receiver(cases_regressed, dispatch_uid="tell_regressed_cases")
def tell_of_regressed(*, action_id: int, **kwargs: Any) -> None:
    """Tell those who fixed the cases."""
    if tell_regressed(CaseAction.objects.get(pk=action_id)):
        send_mails.delay()


@receiver(gold_answered, dispatch_uid="look_at_annotator")
def look_at_annotator(*, annotator_id: int, **kwargs: Any) -> None:
    """Pause somebody whose answers on gold are far off."""
    if look_at(annotator_id):
        send_mails.delay()
