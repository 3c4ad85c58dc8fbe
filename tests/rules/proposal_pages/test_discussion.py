"""What people say of a proposal on its page."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.engine.rule import Effect, EffectKind
from rules.enums import ProposalState
from rules.models import Proposal
from rules.services import proposals, reviews
from rules.services.releases import publish_proposal
from tests.rules.proposal_pages.deeds import page, seen, state, step
from tests.rules.publishing import reviewer
from tests.rules.rows import content, rule

pytestmark = pytest.mark.django_db


class TestDiscussion:
    def test_a_reviewer_approves_what_the_page_showed(self, client: Client, asked: Proposal) -> None:
        told = step(client, reviewer(), asked, "review", seen=seen(asked), verdict="approve", text="", about="")
        assert (told, state(asked)) == (["You approved the proposal as it stands."], ProposalState.APPROVED)

    def test_nobody_approves_what_the_page_did_not_show(self, client: Client, asked: Proposal, expert: User) -> None:
        shown = seen(asked)
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        client.force_login(reviewer())
        data = {"seen": shown, "verdict": "approve", "text": "Fine."}
        response = client.post(f"/proposals/{asked.pk}/review/", data)
        text = response.content.decode()
        assert (response.status_code, state(asked)) == (422, ProposalState.IN_REVIEW)
        assert "The proposal was changed since you opened it." in text
        assert "Fine.</textarea>" in text

    def test_a_void_approval_is_struck_with_the_reason(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        change = asked.changes.get()
        proposals.save_change(by=expert, change=change, content=content("Newer"), edition=change.edition)
        text = page(client, expert, asked)
        assert "<del>approved</del>" in text
        assert "This approval counts no more: new rule “Newer” was changed." in text

    def test_what_was_approved_is_not_struck_once_it_is_published(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        publish_proposal(by=expert, proposal=asked)
        assert "counts no more" not in page(client, expert, asked)

    def test_changes_are_asked_for_one_rule(self, client: Client, asked: Proposal) -> None:
        name = f"new rule {asked.changes.get().pk}"
        data = {"seen": seen(asked), "verdict": "ask", "text": "Name the <b>brand</b>.", "about": name}
        step(client, reviewer(), asked, "review", **data)
        text = page(client, reviewer(), asked)
        assert "first reviewer asks for changes." in text
        assert "Name the &lt;b&gt;brand&lt;/b&gt;." in text
        assert '<span class="chip">new rule “New”</span>' in text
        assert ">1 comment</a>" in text

    def test_an_author_is_offered_no_approval(self, client: Client, asked: Proposal, expert: User) -> None:
        expert.user_permissions.add(*reviewer().user_permissions.all())
        text = page(client, User.objects.get(pk=expert.pk), asked)
        assert ('value="approve"' in text, 'value="ask"' in text) == (False, True)

    def test_a_reader_is_offered_nothing(self, client: Client, asked: Proposal) -> None:
        text = page(client, User.objects.create_user("reader"), asked)
        assert [words in text for words in ('name="verdict"', 'name="deed"', "/take-back/", "/schedule/")] == [
            False
        ] * 4

    def test_why_it_takes_two_approvals_is_said_by_rule_and_effect(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        for wording in (
            replace(content("Never", "x"), effect=Effect(EffectKind.FORBID)),
            replace(content("Careful", "y"), safety=True),
            replace(content("Both", "z"), effect=Effect(EffectKind.FORBID), safety=True),
        ):
            proposals.add_rule(by=expert, proposal=asked, content=wording)
        text = page(client, expert, asked)
        assert (
            "It takes 2 approvals because of new rule “Never” (forbid), new rule “Careful” (a matter of safety), "
            "new rule “Both” (forbid, a matter of safety)." in text
        )

    def test_of_many_rules_that_take_two_the_first_are_named(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        for number in range(7):
            wording = replace(content(f"Careful {number}", f"{number}"), safety=True)
            proposals.add_rule(by=expert, proposal=asked, content=wording)
        assert "new rule “Careful 4” (a matter of safety) and 2 more." in page(client, expert, asked)

    def test_one_approval_needs_no_reason(self, client: Client, asked: Proposal, expert: User) -> None:
        assert "It takes 1 approval" not in page(client, expert, asked)
