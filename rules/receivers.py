"""Whom to tell when something happened to a proposal."""

from typing import Any

from django.dispatch import receiver

from rules.models import Check, Proposal, ProposalMove, Release, Review
from rules.services import notifications
from rules.signals import (
    check_overridden,
    check_reported,
    proposal_changed,
    proposal_moved,
    proposal_not_published,
    proposal_timed,
    release_published,
    review_given,
)
from rules.tasks import send_mails


@receiver(proposal_moved, dispatch_uid="tell_move")
def tell_move(*, move_id: int, **kwargs: Any) -> None:
    """A proposal has another state."""
    mail(notifications.tell_move(ProposalMove.objects.select_related("proposal__published").get(pk=move_id)))


@receiver(review_given, dispatch_uid="tell_review")
def tell_review(*, review_id: int, **kwargs: Any) -> None:
    """Somebody approved, asked for changes or commented."""
    mail(notifications.tell_review(Review.objects.select_related("proposal__base").get(pk=review_id)))


@receiver(check_reported, dispatch_uid="tell_check")
def tell_check(*, check_id: int, **kwargs: Any) -> None:
    """A check has another answer."""
    mail(notifications.tell_check(Check.objects.select_related("proposal__base").get(pk=check_id)))


@receiver([proposal_changed, proposal_timed, check_overridden], dispatch_uid="tell_void")
def tell_void(*, proposal_id: int, actor_id: int | None, **kwargs: Any) -> None:
    """A proposal, or its time, is another one, or an approver let a check of it pass: approvals may be void."""
    mail(notifications.tell_void(Proposal.objects.select_related("base").get(pk=proposal_id), actor=actor_id))


@receiver(release_published, dispatch_uid="tell_overtaken")
def tell_overtaken(*, release_id: int, **kwargs: Any) -> None:
    """A release is in force: approved proposals that stand on an older one can't be published as they are."""
    mail(notifications.tell_overtaken(Release.objects.get(pk=release_id)))


@receiver(proposal_not_published, dispatch_uid="tell_not_published")
def tell_not_published(*, move_id: int, scheduler_id: int | None, why: str, **kwargs: Any) -> None:
    """A scheduled proposal could not be published."""
    move = ProposalMove.objects.select_related("proposal").get(pk=move_id)
    mail(notifications.tell_not_published(move, scheduler=scheduler_id, why=why))


def mail(count: int) -> None:
    """Have mails sent, where there are any."""
    if count:
        send_mails.delay()
