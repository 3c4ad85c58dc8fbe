"""Why an approval counts no more, or a proposal is approved no longer: the reason given is the one that it was."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from rules.enums import CheckName, ProposalState
from rules.models import Policy, Proposal, Release
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals, reviews
from rules.services.releases import publish_proposal
from rules.services.schedule import publish_due
from tests.rules.publishing import publish, reviewer, without_checks
from tests.rules.rows import content, person, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(expert: User, release: Release) -> Proposal:
    """A new rule, under review."""
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    without_checks(expert)
    return reviews.ask_for_review(by=expert, proposal=made)


@pytest.fixture
def lead(db: None) -> User:
    return User.objects.create_superuser("lead")


def approve(proposal: Proposal, by: User | None = None) -> None:
    seen = standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest
    reviews.approve(by=by or reviewer(), proposal=proposal, seen=seen)


def later(hours: int = 1) -> dict[str, object]:
    return {"publish_at": timezone.now() + timedelta(hours=hours)}


def overtake(by: User) -> Release:
    """Another release, which does not touch the proposal."""
    other = proposals.open_proposal(by=by, title="Other")
    proposals.retire_rule(by=by, proposal=other, rule=rule(2))
    return publish(by=by, proposal=other)


def parts(proposal: Proposal) -> list[list[str]]:
    """What is no longer as each review signed it."""
    found = standing_of(Proposal.objects.select_related("base").get(pk=proposal.pk)).reviews
    return [[one.part for one in review.differences] for review in found]


def last_reason(proposal: Proposal) -> str:
    return proposal.moves.order_by("pk").last().reason


def test_a_time_is_set_changed_and_taken_back(proposal: Proposal, expert: User) -> None:
    approve(proposal)
    proposals.schedule_proposal(by=expert, proposal=proposal, **later())
    assert parts(proposal) == [["timed"]]
    approve(proposal)
    proposals.schedule_proposal(by=expert, proposal=proposal, **later(2))
    assert parts(proposal) == [["timed"], ["publish_at"]]
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=None)
    assert parts(proposal) == [[], ["untimed"]]


def test_a_move_to_another_base_is_no_change_of_time(proposal: Proposal, expert: User) -> None:
    proposals.schedule_proposal(by=expert, proposal=proposal, **later())
    approve(proposal)
    overtake(expert)
    proposals.rebase_proposal(by=expert, proposal=proposal)
    assert (parts(proposal), last_reason(proposal)) == ([["base"]], "void: base")


def test_what_a_release_overtook_was_not_published_when_due_and_nobody_changed_its_time(
    proposal: Proposal, expert: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = timezone.now() + timedelta(hours=1)
    proposals.schedule_proposal(by=lead, proposal=proposal, publish_at=due)
    approve(proposal)
    overtake(expert)
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert publish_due() == []
    assert parts(proposal) == [["missed"]]
    assert "no longer in force" in last_reason(proposal)


def test_the_reason_is_what_voided_the_approvals_it_had_and_not_what_voided_older_ones(
    proposal: Proposal, expert: User
) -> None:
    approve(proposal)
    proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    approve(proposal, reviewer("second reviewer"))
    proposals.schedule_proposal(by=expert, proposal=proposal, **later())
    assert last_reason(proposal) == "void: timed"


def test_changes_asked_for_are_a_reason_and_void_nothing(proposal: Proposal, expert: User) -> None:
    approve(proposal)
    proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    approve(proposal)
    seen = standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest
    reviews.ask_for_changes(by=reviewer("second reviewer"), proposal=proposal, seen=seen, text="Name it.")
    assert last_reason(proposal) == "asked"


def test_a_policy_that_takes_more_is_a_reason(proposal: Proposal, lead: User) -> None:
    approve(proposal)
    checks.set_policy(by=lead, approvals={}, otherwise=2, safety=2, required=[])
    assert last_reason(proposal) == "more"


def test_a_proposal_that_changes_nothing_any_more_says_so(expert: User, release: Release) -> None:
    without_checks(expert)
    made = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=made, rule=rule(2))
    approve(reviews.ask_for_review(by=expert, proposal=made))
    proposals.discard_change(by=expert, change=made.changes.get())
    assert last_reason(made) == "void: removed"


class TestOverriding:
    """Who lets a check of some content pass is none of those who approve that content."""

    @pytest.fixture(autouse=True)
    def required(self, proposal: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)

    def override(self, proposal: Proposal, lead: User) -> None:
        checks.override_check(by=lead, proposal=proposal, name=CheckName.EXAMPLES, reason="Of another rule.")

    def test_a_lead_who_let_a_check_pass_does_not_approve(self, proposal: Proposal, lead: User) -> None:
        self.override(proposal, lead)
        with pytest.raises(ValidationError, match="You let a check pass on this content") as refused:
            approve(proposal, lead)
        assert refused.value.code == "overrode"

    def test_an_approver_who_lets_a_check_pass_approved_it_no_longer(self, proposal: Proposal, lead: User) -> None:
        approve(proposal, lead)
        self.override(proposal, lead)
        assert (parts(proposal), last_reason(proposal)) == ([["overrode"]], "void: overrode")
        assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.IN_REVIEW

    def test_another_content_may_be_approved_by_them(self, proposal: Proposal, lead: User) -> None:
        self.override(proposal, lead)
        proposals.add_rule(by=person("hanna"), proposal=proposal, content=content("Another", "x"))
        approve(proposal, lead)
        assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.APPROVED


def test_of_a_reviewer_who_approved_twice_only_the_last_is_told(proposal: Proposal, expert: User) -> None:
    for number in (1, 2):
        approve(proposal)
        proposals.retire_rule(by=expert, proposal=proposal, rule=rule(number))
    with pytest.raises(ValidationError) as told:
        publish_proposal(by=expert, proposal=proposal)
    assert told.value.messages == [
        "The approval of first reviewer is void: R2 was taken in.",
        "It has 0 of 1 approvals.",
    ]


def test_a_check_that_keeps_from_publishing_is_told_with_its_state(proposal: Proposal, lead: User) -> None:
    Policy.objects.create(approvals={}, required=[CheckName.EXAMPLES], by=lead)
    approve(proposal)
    with pytest.raises(ValidationError) as told:
        publish_proposal(by=lead, proposal=proposal)
    assert told.value.messages == ["The check “pinned examples” has not passed: pending."]
