"""The page of a proposal that another release came before."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.engine.content import RuleContent
from rules.models import Proposal
from rules.services import proposals, reviews
from tests.rules.proposal_pages.deeds import page, seen, step
from tests.rules.publishing import publish, reviewer
from tests.rules.rows import content, rule

pytestmark = pytest.mark.django_db


class TestOvertaken:
    def overtake(self, expert: User, wording: RuleContent) -> None:
        """A release in which R1 says something else."""
        other = proposals.open_proposal(by=expert)
        change = proposals.edit_rule(by=expert, proposal=other, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=wording, edition=change.edition)
        publish(by=expert, proposal=other)

    def test_what_moved_and_does_not_touch_is_merged(self, client: Client, proposal: Proposal, expert: User) -> None:
        self.overtake(expert, content("Brand 998", "998"))
        text = page(client, expert, proposal)
        assert "Release 2 is in force; this builds on release 1" in text
        assert "Nothing that moved touches a rule of this proposal." in text
        step(client, expert, proposal, "rebase", onto="2")
        assert Proposal.objects.get(pk=proposal.pk).base.number == 2

    def test_a_rule_that_both_changed_is_shown_in_three_wordings(
        self, client: Client, proposal: Proposal, expert: User
    ) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=content("Mine", "1"), edition=change.edition)
        self.overtake(expert, content("Theirs", "2"))
        text = page(client, expert, proposal)
        assert "R1 was changed by both" in text
        assert '<td data-label="As it was">Brand 999</td>' in text
        assert "<ins>Theirs</ins>" in text
        assert "<ins>Mine</ins>" in text
        assert step(client, expert, proposal, "rebase", onto="2") == ["Choose a wording for R1."]

    @pytest.mark.parametrize(("side", "left"), [("mine", ["New", "Mine"]), ("theirs", ["New"])])
    def test_one_wording_is_chosen(
        self, client: Client, proposal: Proposal, expert: User, side: str, left: list[str]
    ) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=content("Mine", "1"), edition=change.edition)
        self.overtake(expert, content("Theirs", "2"))
        step(client, expert, proposal, "rebase", **{"onto": "2", "rule-1": side})
        assert [one.content["title"] for one in proposal.changes.all()] == left

    @pytest.mark.parametrize("onto", ["", "1", "7", "²", "9" * 30])
    def test_another_release_than_the_one_seen_is_refused(
        self, client: Client, proposal: Proposal, expert: User, onto: str
    ) -> None:
        self.overtake(expert, content("Theirs", "2"))
        told = step(client, expert, proposal, "rebase", onto=onto)
        assert told == ["Another release came into force meanwhile. Look at what moved again."]

    def test_the_first_thing_said_is_that_it_was_overtaken_and_what_to_do(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        proposals.schedule_proposal(by=expert, proposal=asked, publish_at=datetime(2199, 1, 1, 2, tzinfo=UTC))
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        self.overtake(expert, content("Brand 998", "998"))
        text = page(client, expert, asked)
        notice = text.partition('role="alert" id="overtaken"')[2].partition("</div>")[0]
        assert text.index('id="overtaken"') < text.index('class="answer"')
        assert [
            words in notice
            for words in (
                "Release 2 came into force first, and this builds on release 1.",
                "At 2199-01-01 10:00 nothing is published unless it is up to date and approved by then.",
                "so it has to be approved again.",
                'href="#moved"',
            )
        ] == [True] * 4
