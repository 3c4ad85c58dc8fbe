"""The way to a release, for tests that are about what comes after it: everybody needed approves."""

from collections.abc import Iterable
from contextlib import suppress

from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError

from rules.engine.content import RuleContent
from rules.models import Policy, Proposal, Release
from rules.selectors import current_release
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal

REVIEWERS = ("first reviewer", "second reviewer")


def reviewer(name: str = REVIEWERS[0]) -> User:
    """Somebody who may review, and nothing else."""
    user, _created = User.objects.get_or_create(username=name)
    user.user_permissions.set(Permission.objects.filter(codename="review_proposal"))
    return User.objects.get(pk=user.pk)


def without_checks(by: User) -> None:
    """Let no check be required."""
    if not Policy.objects.filter(required=[]).exists():
        Policy.objects.create(approvals={"forbid": 2}, required=[], by=by)


def approved(proposal: Proposal) -> Proposal:
    """A proposal that everybody needed has approved, with no check required."""
    proposal.refresh_from_db()
    without_checks(proposal.created_by)
    reviews.ask_for_review(by=User.objects.get(pk=proposal.created_by_id), proposal=proposal)
    for name in REVIEWERS:
        standing = standing_of(proposal)
        if not standing.is_approved:
            reviews.approve(by=reviewer(name), proposal=proposal, seen=standing.signed.digest)
    proposal.refresh_from_db()
    return proposal


def publish(*, by: User, proposal: Proposal, notes: str = "") -> Release:
    """The release that a proposal becomes once it is approved; what can't even be reviewed, publishing refuses."""
    with suppress(ValidationError):
        approved(proposal)
    return publish_proposal(by=by, proposal=proposal, notes=notes)


def published_rules(*, by: User, contents: Iterable[tuple[int, RuleContent]], notes: str = "") -> Release:
    """A release in which each numbered rule says the content given, and every other rule stays."""
    proposal = propose_rules(by=by, contents=contents, title="Rules", reason=notes)
    if not proposal.changes.exists() and (current := current_release()):
        return current
    return publish(by=by, proposal=proposal, notes=notes)
