"""A proposal is called approved, or scheduled, exactly while it is."""

from datetime import timedelta
from datetime import timezone as zones

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from rules.enums import CheckName, CheckState, ProposalState
from rules.models import Proposal, Release
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals, reviews
from rules.services.schedule import _hand_back, publish_due
from tests.rules.publishing import reviewer, without_checks
from tests.rules.rows import content, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(expert: User, release: Release) -> Proposal:
    """A new rule, under review."""
    made = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    without_checks(expert)
    return reviews.ask_for_review(by=expert, proposal=made)


@pytest.fixture
def lead(db: None) -> User:
    return User.objects.create_superuser("lead")


def approve(proposal: Proposal, name: str = "first reviewer") -> None:
    seen = standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest
    reviews.approve(by=reviewer(name), proposal=proposal, seen=seen)


def state(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def test_a_time_taken_back_leaves_what_was_approved_without_one_approved(proposal: Proposal, expert: User) -> None:
    approve(proposal)
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
    approve(proposal, "second reviewer")
    assert state(proposal) == ProposalState.SCHEDULED
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=None)
    assert state(proposal) == ProposalState.APPROVED


def test_the_same_moment_in_another_zone_is_the_same_time(proposal: Proposal, expert: User) -> None:
    moment = timezone.now() + timedelta(days=1)
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=moment)
    approve(proposal)
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=moment + timedelta(days=1))
    there = moment.astimezone(zones(timedelta(hours=8)))
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=there)
    assert state(proposal) == ProposalState.SCHEDULED


def test_an_approver_who_gives_it_another_title_approved_it_no_longer(proposal: Proposal) -> None:
    approver = person("approver")
    approver.user_permissions.add(*reviewer().user_permissions.all())
    approver = User.objects.get(pk=approver.pk)
    reviews.approve(by=approver, proposal=proposal, seen=standing_of(proposal).signed.digest)
    proposals.describe_proposal(by=approver, proposal=proposal, title="Better", reason="")
    assert state(proposal) == ProposalState.IN_REVIEW


def test_open_proposals_follow_the_policy(proposal: Proposal, lead: User) -> None:
    approve(proposal)
    checks.set_policy(by=lead, approvals={}, otherwise=2, safety=2, required=[])
    assert state(proposal) == ProposalState.IN_REVIEW
    checks.set_policy(by=lead, approvals={}, otherwise=1, safety=2, required=[])
    assert state(proposal) == ProposalState.APPROVED


def test_what_is_handed_back_keeps_the_approval_it_has_without_a_time(
    proposal: Proposal, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(proposal)
    due = timezone.now() + timedelta(hours=1)
    proposals.schedule_proposal(by=lead, proposal=proposal, publish_at=due)
    approve(proposal, "second reviewer")
    checks.set_policy(by=lead, approvals={}, otherwise=1, safety=2, required=[CheckName.EXAMPLES])
    found = standing_of(proposal).content
    checks.report_check(proposal=proposal, name=CheckName.EXAMPLES, state=CheckState.FAILED, content=found)
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert publish_due() == []
    moves = list(proposal.moves.order_by("pk").values_list("after", flat=True))
    assert (state(proposal), moves[-2:]) == (ProposalState.APPROVED, ["in_review", "approved"])


def test_what_got_another_time_meanwhile_is_not_handed_back(proposal: Proposal, expert: User) -> None:
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
    approve(proposal)
    _hand_back(proposal, "It was not approved.")
    assert state(proposal) == ProposalState.SCHEDULED
