"""The list of proposals, and what waits on the first page."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rules.models import Proposal
from rules.services import proposals, reviews
from tests.rules.proposal_pages.deeds import seen
from tests.rules.publishing import reviewer
from tests.rules.rows import person, rule

pytestmark = pytest.mark.django_db


class TestList:
    def titles(self, client: Client, user: User, query: str) -> list[str]:
        client.force_login(user)
        return [one.title for one in client.get(f"/proposals/{query}").context["page"]]

    def test_is_filtered_by_whose_and_state(self, client: Client, asked: Proposal, expert: User) -> None:
        other = person("other")
        proposals.open_proposal(by=other, title="Other")
        found = {
            query: self.titles(client, user, query)
            for user, query in ((expert, "?whose=mine"), (reviewer(), "?whose=review"), (other, "?state=draft"))
        }
        assert found == {"?whose=mine": ["Sprays"], "?whose=review": ["Sprays"], "?state=draft": ["Other"]}

    def test_counts_are_said(self, client: Client, asked: Proposal) -> None:
        client.force_login(reviewer())
        context = client.get("/proposals/").context
        assert [(one.value, one.count) for one in context["groups"]] == [("", 1), ("mine", 0), ("review", 1)]
        assert {one.value: one.count for one in context["states"] if one.count} == {
            "": 1,
            "in_review": 1,
        }

    def test_each_says_how_many_changes_it_has(self, client: Client, asked: Proposal, expert: User) -> None:
        proposals.open_proposal(by=expert, title="Nothing yet")
        client.force_login(expert)
        page = client.get("/proposals/").context["page"]
        api = client.get("/api/v1/proposals/").json()["results"]
        sizes = {one.title: one.changes.count() for one in Proposal.objects.all()}
        assert ({one.title: one.size for one in page}, {one["title"]: one["changes"] for one in api}) == (sizes, sizes)
        assert {sizes["Nothing yet"], sizes["Sprays"]} == {0, 1}

    def test_what_was_judged_waits_no_more_until_it_changes(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        reviews.ask_for_changes(by=reviewer(), proposal=asked, seen=seen(asked), text="Name it.")
        judged = self.titles(client, reviewer(), "?whose=review")
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        assert (judged, self.titles(client, reviewer(), "?whose=review")) == ([], ["Sprays"])

    def test_costs_the_same_for_one_and_thirty(self, client: Client, proposal: Proposal, expert: User) -> None:
        client.force_login(expert)
        counts = []
        for many in (0, 30):
            for _ in range(many):
                proposals.open_proposal(by=expert)
            with CaptureQueriesContext(connection) as made:
                client.get("/proposals/")
            counts.append(len(made))
        assert counts[0] == counts[1]


class TestHome:
    def test_a_reviewer_sees_what_waits(self, client: Client, asked: Proposal) -> None:
        client.force_login(reviewer())
        assert "“Sprays” waits for your review" in client.get("/").content.decode()

    def test_who_publishes_sees_what_is_approved(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        client.force_login(expert)
        assert "“Sprays” is approved and waits to be published" in client.get("/").content.decode()
