"""Who may judge a proposal, and whose approval would count."""

from django.contrib.auth.models import User

from rules.enums import OPEN, ProposalState
from rules.models import Proposal
from rules.selectors.reviews import Standing
from rules.views.roles import may_review


def may_judge(user: User, found: Proposal) -> bool:
    """Whether this person's review is asked for."""
    return found.state in OPEN and found.state != ProposalState.DRAFT and may_review(user)


def is_author(user: User, found: Proposal) -> bool:
    """Whether this person wrote in it."""
    return user.pk in {found.created_by_id, *(one.pk for one in found.authors.all())}


def may_approve(user: User, found: Proposal, standing: Standing) -> bool:
    """Whether this person's approval would count."""
    return may_judge(user, found) and not is_author(user, found) and user.pk not in standing.overrode
