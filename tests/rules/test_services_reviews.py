"""Who approves what, and what makes an approval void."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from rules.engine.rule import Effect, EffectKind
from rules.enums import CheckName, CheckState, ProposalState
from rules.models import Policy, Proposal, Release
from rules.selectors import verify_chain
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals, reviews
from rules.services.exchange import restore_release
from rules.services.releases import publish_proposal
from rules.services.schedule import publish_due
from tests.rules.publishing import approved, publish, reviewer, without_checks
from tests.rules.rows import content, person, rule, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(expert: User, release: Release) -> Proposal:
    """A new rule, under review."""
    made = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    without_checks(expert)
    return reviews.ask_for_review(by=expert, proposal=made)


def seen(proposal: Proposal) -> str:
    return standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest


def state(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def refused(proposal: Proposal, by: User) -> str:
    with pytest.raises(ValidationError) as caught:
        publish_proposal(by=by, proposal=proposal)
    return " ".join(caught.value.messages)


def test_one_approval_is_enough_for_a_rule_that_caps(proposal: Proposal, expert: User) -> None:
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    assert state(proposal) == ProposalState.APPROVED
    assert titles(publish_proposal(by=expert, proposal=proposal))[3] == "New"


def test_nothing_is_published_without_an_approval(proposal: Proposal, expert: User) -> None:
    assert "It has 0 of 1 approvals." in refused(proposal, expert)


def test_a_forbidding_or_a_safety_rule_takes_two(expert: User, release: Release) -> None:
    without_checks(expert)
    for wording in (
        content("Never").__class__(**{**_fields(content("Never")), "effect": Effect(EffectKind.FORBID)}),
        content("Careful").__class__(**{**_fields(content("Careful")), "safety": True}),
    ):
        made = proposals.open_proposal(by=expert)
        proposals.add_rule(by=expert, proposal=made, content=wording)
        reviews.ask_for_review(by=expert, proposal=made)
        reviews.approve(by=reviewer(), proposal=made, seen=seen(made))
        assert "It has 1 of 2 approvals." in refused(made, expert)


def _fields(wording: object) -> dict[str, object]:
    return {name: getattr(wording, name) for name in wording.__dataclass_fields__}  # type: ignore[attr-defined]


def test_no_author_approves(proposal: Proposal, expert: User) -> None:
    author = person("second author")
    author.user_permissions.add(*reviewer().user_permissions.all())
    author = User.objects.get(pk=author.pk)
    proposals.add_rule(by=author, proposal=proposal, content=content("Mine"))
    with pytest.raises(ValidationError, match="You wrote in this proposal"):
        reviews.approve(by=author, proposal=proposal, seen=seen(proposal))


def test_an_approver_who_writes_loses_the_approval(proposal: Proposal, expert: User) -> None:
    approver = person("approver")
    approver.user_permissions.add(*reviewer().user_permissions.all())
    approver = User.objects.get(pk=approver.pk)
    reviews.approve(by=approver, proposal=proposal, seen=seen(proposal))
    change = proposal.changes.get()
    proposals.save_change(by=approver, change=change, content=content("Other words"), edition=change.edition)
    proposals.save_change(by=approver, change=change, content=content("New"), edition=change.edition + 1)
    assert "It has 0 of 1 approvals." in refused(proposal, expert)


def test_an_edit_voids_and_says_what(proposal: Proposal, expert: User) -> None:
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    assert state(proposal) == ProposalState.IN_REVIEW
    assert "The approval of first reviewer is void: R1 was taken in." in refused(proposal, expert)
    proposals.discard_change(by=expert, change=change)
    assert state(proposal) == ProposalState.APPROVED


def test_a_change_of_schedule_voids(proposal: Proposal, expert: User) -> None:
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
    assert state(proposal) == ProposalState.IN_REVIEW
    assert "a time of publishing was set" in refused(proposal, expert)


def test_another_run_behind_a_check_voids(proposal: Proposal, expert: User) -> None:
    digest = standing_of(proposal).content
    passed = {"proposal": proposal, "name": CheckName.BENCHMARK, "state": CheckState.PASSED, "content": digest}
    checks.report_check(**passed, behind="demo run 4")
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    checks.report_check(**passed, behind="demo run 5")
    assert state(proposal) == ProposalState.IN_REVIEW
    assert "the check “before and after” was run again on something else" in refused(proposal, expert)


def test_moving_to_another_base_voids(proposal: Proposal, expert: User) -> None:
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    other = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=other, rule=rule(2))
    publish(by=expert, proposal=other)
    assert "no longer in force" in refused(proposal, expert)
    proposals.rebase_proposal(by=expert, proposal=proposal)
    assert "it was moved to another release" in refused(proposal, expert)


def test_what_was_not_seen_is_not_approved(proposal: Proposal, expert: User) -> None:
    before = seen(proposal)
    proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    with pytest.raises(ValidationError, match="changed since you opened it"):
        reviews.approve(by=reviewer(), proposal=proposal, seen=before)


def test_a_second_click_approves_once(proposal: Proposal) -> None:
    first = reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    assert reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal)) == first


def test_who_asks_for_changes_holds_it_up_until_they_come(proposal: Proposal, expert: User) -> None:
    reviews.approve(by=reviewer("second reviewer"), proposal=proposal, seen=seen(proposal))
    reviews.ask_for_changes(by=reviewer(), proposal=proposal, seen=seen(proposal), text="Name the brand.", about="R3")
    assert "first reviewer asks for changes." in refused(proposal, expert)
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    assert state(proposal) == ProposalState.APPROVED


def test_a_required_check_keeps_it_back_until_a_lead_says_otherwise(proposal: Proposal, expert: User) -> None:
    Policy.objects.create(required=["examples"], by=expert)
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    assert "The check “pinned examples” has not passed: pending." in refused(proposal, expert)
    lead = User.objects.create_superuser("lead")
    checks.override_check(
        by=lead, proposal=proposal, name=CheckName.EXAMPLES, reason="The examples are of another rule."
    )
    publish_proposal(by=expert, proposal=proposal)
    assert verify_chain() is None


def test_an_answer_about_other_content_is_not_kept(proposal: Proposal, expert: User) -> None:
    old = standing_of(proposal).content
    proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    told = checks.report_check(proposal=proposal, name=CheckName.EXAMPLES, state=CheckState.PASSED, content=old)
    assert (told, proposal.checks.count()) == (None, 0)


def test_what_is_scheduled_is_published_when_it_falls_due(proposal: Proposal, expert: User) -> None:
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    assert (state(proposal), publish_due()) == (ProposalState.SCHEDULED, [])
    assert "its time has not come yet" in refused(proposal, expert)
    _let_fall_due(proposal)
    assert [release.number for release in publish_due()] == [2]
    assert publish_due() == []


def _let_fall_due(proposal: Proposal) -> None:
    """As if the approved time had come: the signature is of the time that was approved."""
    due = timezone.now() - timedelta(seconds=1)
    Proposal.objects.filter(pk=proposal.pk).update(publish_at=due)
    review = proposal.reviews.get()
    signed = standing_of(Proposal.objects.get(pk=proposal.pk)).signed
    table = super(type(proposal.reviews.all()), proposal.reviews.filter(pk=review.pk))
    table.update(digest=signed.digest, signed=signed.to_json())


def test_what_fell_due_and_may_not_be_published_is_handed_back(proposal: Proposal, expert: User) -> None:
    proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    Proposal.objects.filter(pk=proposal.pk).update(publish_at=timezone.now() - timedelta(seconds=1))
    assert publish_due() == []
    move = proposal.moves.order_by("pk").last()
    assert (state(proposal), "void" in move.reason) == (ProposalState.IN_REVIEW, True)


def test_a_rollback_is_a_proposal_that_needs_approval_like_any(
    expert: User, release: Release, proposal: Proposal
) -> None:
    reviews.approve(by=reviewer(), proposal=proposal, seen=seen(proposal))
    publish_proposal(by=expert, proposal=proposal)
    back = restore_release(by=expert, release=release, title="Back")
    assert "Nobody was asked" in refused(back, expert)
    restored = publish_proposal(by=expert, proposal=approved(back))
    assert (titles(restored), restored.number, back.restores) == (titles(release), 3, release)
