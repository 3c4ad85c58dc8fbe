"""Which proposals wait for whom."""

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from rules.enums import ProposalState, Verdict
from rules.models import Check, Proposal, Review
from rules.selectors.releases import current_release


def waiting_for_review(user: User) -> "QuerySet[Proposal]":
    """Proposals under review that this person may approve and has not judged as they stand."""
    if not user.has_perm("rules.review_proposal"):
        return Proposal.objects.none()
    judged = Review.objects.filter(proposal=OuterRef("pk"), by=user, at__gte=OuterRef("updated_at"))
    judged = judged.exclude(verdict=Verdict.COMMENT).exclude(Exists(_run_again()))
    under_review = Proposal.objects.filter(state=ProposalState.IN_REVIEW)
    wrote = Q(created_by=user) | Exists(Proposal.authors.through.objects.filter(proposal=OuterRef("pk"), user=user))
    return under_review.exclude(wrote).exclude(Exists(judged))


def waiting_for_publishing(user: User) -> "QuerySet[Proposal]":
    """Approved proposals on the release in force that this person may publish, without a day of their own."""
    current = current_release()
    if current is None or not user.has_perm("rules.publish_release"):
        return Proposal.objects.none()
    return Proposal.objects.filter(state=ProposalState.APPROVED, base=current, publish_at=None)


def written_by(user: User) -> "QuerySet[Proposal]":
    """Every proposal that this person opened or wrote in."""
    return Proposal.objects.filter(
        Q(created_by=user) | Exists(Proposal.authors.through.objects.filter(proposal=OuterRef("pk"), user=user))
    )


def _run_again() -> "QuerySet[Check]":
    """Checks that approvals sign, answered after the review."""
    proposal = OuterRef("proposal_id")
    return Check.objects.filter(proposal=proposal, updated_at__gt=OuterRef("at")).exclude(behind="")
