"""The one button of a proposal and the steps it takes."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.enums import ProposalState
from rules.models import Policy, Proposal, Release
from rules.services import proposals, reviews
from tests.rules.proposal_pages.deeds import page, seen, state, step
from tests.rules.publishing import approved, reviewer
from tests.rules.rows import rule

pytestmark = pytest.mark.django_db


class TestDecision:
    def test_a_draft_is_put_before_reviewers(self, client: Client, proposal: Proposal, expert: User) -> None:
        assert "Ask for review: 1 rule added" in page(client, expert, proposal)
        told = step(client, expert, proposal, "ask-for-review")
        assert (told, state(proposal)) == (["The proposal now waits for reviewers."], ProposalState.IN_REVIEW)

    def test_an_unfinished_draft_says_what_is_missing(self, client: Client, expert: User, release: Release) -> None:
        proposal = proposals.open_proposal(by=expert)
        proposals.add_rule(by=expert, proposal=proposal)
        text = page(client, expert, proposal)
        assert "Some of its rules are not complete" in text
        assert "disabled" in text

    def test_under_review_every_reason_against_publishing_is_said(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        text = page(client, reviewer(), asked)
        assert "Publish as release 2: 1 rule added" in text
        assert [
            words in text
            for words in (
                "It has 0 of 1 approvals.",
                "The check “pinned examples” has not passed: pending.",
                "Your role does not publish",
            )
        ] == [True, True, True]

    def test_publishing_leads_to_the_release(self, client: Client, proposal: Proposal, expert: User) -> None:
        approved(proposal)
        client.force_login(expert)
        assert client.post(f"/proposals/{proposal.pk}/publish/")["Location"] == "/releases/2/"

    def test_what_cannot_be_published_is_refused_with_its_reason(
        self, client: Client, expert: User, release: Release
    ) -> None:
        told = step(client, expert, proposals.open_proposal(by=expert), "publish")
        assert told == ["This proposal changes nothing.", "Nobody was asked to review it yet."]

    def test_is_taken_back_and_withdrawn(self, client: Client, asked: Proposal, expert: User) -> None:
        step(client, expert, asked, "take-back")
        assert state(asked) == ProposalState.DRAFT
        step(client, expert, asked, "withdraw")
        text = page(client, expert, asked)
        assert (state(asked), "Publish as" in text, "Ask for review" in text) == (ProposalState.WITHDRAWN, False, False)

    def test_gets_a_title_and_a_reason(self, client: Client, proposal: Proposal, expert: User) -> None:
        step(client, expert, proposal, "describe", title="Ointments", reason="A shopper wrote.")
        proposal.refresh_from_db()
        assert (proposal.title, proposal.reason) == ("Ointments", "A shopper wrote.")

    def test_a_wrong_title_is_said_by_its_name(self, client: Client, proposal: Proposal, expert: User) -> None:
        assert step(client, expert, proposal, "describe", title="") == ["Title: This field is required."]

    def test_a_time_is_set_and_taken_back(self, client: Client, asked: Proposal, expert: User) -> None:
        step(client, expert, asked, "schedule", publish_at="2199-01-01T10:00")
        assert "To be published at 2199-01-01 10:00 (Asia/Shanghai)" in page(client, expert, asked)
        step(client, expert, asked, "schedule", clear="1")
        assert Proposal.objects.get(pk=asked.pk).publish_at is None

    def test_a_time_that_is_over_is_refused(self, client: Client, asked: Proposal, expert: User) -> None:
        told = step(client, expert, asked, "schedule", publish_at="2001-01-01T10:00")
        assert told == ["Choose a time that is still to come."]

    def test_the_steps_so_far_are_told_with_why(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        assert "approvals are void: a rule was taken in" in page(client, expert, asked)
