"""What a proposal changes, on its page, and the editor of a change under review."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rules.models import Proposal
from rules.services import proposals
from tests.rules.proposal_pages.deeds import draft, page, step
from tests.rules.rows import content, person, rule

pytestmark = pytest.mark.django_db


class TestChanges:
    def test_a_change_shows_each_part_before_and_after(self, client: Client, proposal: Proposal, expert: User) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        wording = replace(content(), instruction="Compare the makers.", safety=True)
        proposals.save_change(by=expert, change=change, content=wording, edition=change.edition)
        text = page(client, expert, proposal)
        assert '<td data-label="Before">Compare the <del>brands</del>.</td>' in text
        assert '<td data-label="After">Compare the <ins>makers</ins>.</td>' in text
        assert "A matter of safety</th>" in text

    def test_each_change_is_named_at_the_top(self, client: Client, proposal: Proposal, expert: User) -> None:
        change = proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
        text = page(client, expert, proposal)
        assert "1 rule added, 1 rule retired" in text
        assert f'<a href="#change-{change.pk}">R2</a>' in text

    def test_the_bad_cases_it_is_to_fix_come_before_what_it_changes(
        self, client: Client, proposal: Proposal, expert: User
    ) -> None:
        text = page(client, expert, proposal)
        assert (
            0 < text.index(f'hx-get="/proposals/{proposal.pk}/cases/" hx-trigger="load"') < text.index('class="answer"')
        )

    def test_a_second_click_on_discard_leads_back_to_the_proposal(
        self, client: Client, proposal: Proposal, expert: User
    ) -> None:
        client.force_login(expert)
        path = f"/proposals/{proposal.pk}/changes/{proposal.changes.get().pk}/discard/"
        answers = [client.post(path) for _ in range(2)]
        assert [one.headers.get("Location") for one in answers] == [f"/proposals/{proposal.pk}/"] * 2

    def test_a_retired_rule_is_struck_through(self, client: Client, proposal: Proposal, expert: User) -> None:
        proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
        assert '<p class="sentence"><del>' in page(client, expert, proposal)

    @pytest.mark.parametrize(("deed", "number", "kind"), [("edit", "R1", "edit"), ("retire", "2", "retire")])
    def test_somebody_else_takes_a_rule_into_it(
        self, client: Client, proposal: Proposal, deed: str, number: str, kind: str
    ) -> None:
        other = person("other")
        step(client, other, proposal, "rules", deed=deed, number=number)
        change = proposal.changes.get(rule__isnull=False)
        assert (change.kind, change.updated_by, other in proposal.authors.all()) == (kind, other, True)

    def test_somebody_else_adds_a_rule_to_it(self, client: Client, proposal: Proposal) -> None:
        client.force_login(person("other"))
        response = client.post(f"/proposals/{proposal.pk}/rules/", {"deed": "new"})
        added = proposal.changes.order_by("pk").last()
        assert response["Location"] == f"/proposals/{proposal.pk}/changes/{added.pk}/"

    @pytest.mark.parametrize("number", ["", "R99", "9" * 30, "²", "one"])
    def test_a_rule_there_is_not_is_said(self, client: Client, proposal: Proposal, number: str) -> None:
        told = step(client, person("other"), proposal, "rules", deed="edit", number=number)
        assert told == [f"There is no rule “{number}”."]

    def test_costs_the_same_for_one_change_and_thirty(self, client: Client, asked: Proposal, expert: User) -> None:
        client.force_login(expert)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as made:
                client.get(f"/proposals/{asked.pk}/")
            counts.append(len(made))
            draft(asked, expert, 29)
        assert counts[0] == counts[1]

    def test_many_changes_come_page_by_page(self, client: Client, proposal: Proposal, expert: User) -> None:
        draft(proposal, expert, 60)
        assert page(client, expert, proposal).count('<article class="change"') == 25


class TestEditor:
    def test_is_open_under_review_and_says_what_an_edit_voids(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        client.force_login(person("other"))
        text = client.get(f"/proposals/{asked.pk}/changes/{asked.changes.get().pk}/").content.decode()
        assert "An edit voids the approvals it has." in text

    def test_is_closed_once_it_was_decided(self, client: Client, asked: Proposal, expert: User) -> None:
        proposals.withdraw_proposal(by=expert, proposal=asked)
        client.force_login(expert)
        path = f"/proposals/{asked.pk}/changes/{asked.changes.get().pk}/"
        assert client.get(path)["Location"] == f"/proposals/{asked.pk}/"
