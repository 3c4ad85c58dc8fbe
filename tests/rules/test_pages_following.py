"""The fragment by which a proposal's page follows its checks: while they run, for a while, and never past a change."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rules.enums import CheckName, CheckState
from rules.models import Change, Policy, Proposal, Release
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals, reviews
from rules.views.following import MOST_LOOKS
from tests.rules.publishing import reviewer
from tests.rules.rows import content, rule

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(expert: User, release: Release) -> Proposal:
    """A new rule; its examples have to hold."""
    Policy.objects.create(required=["examples"], by=expert)
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    return made


@pytest.fixture
def asked(draft: Proposal, expert: User) -> Proposal:
    """The same under review; no check has answered."""
    return reviews.ask_for_review(by=expert, proposal=draft)


def page(client: Client, proposal: Proposal, query: str = "") -> str:
    client.force_login(proposal.created_by)
    return client.get(f"/proposals/{proposal.pk}/{query}").content.decode()


def address(text: str) -> str:
    """What the page asks for next; empty where it asks for nothing."""
    found = re.search(r'hx-get="(/proposals/\d+/standing/[^"]*)"', text)
    return found[1].replace("&amp;", "&") if found else ""


def look(client: Client, path: str) -> str:
    return client.get(path, headers=HTMX).content.decode()


def answer(proposal: Proposal, *names: CheckName, state: CheckState = CheckState.PASSED, behind: str = "") -> None:
    found = standing_of(Proposal.objects.get(pk=proposal.pk)).content
    for name in names or tuple(CheckName):
        checks.report_check(proposal=proposal, name=name, state=state, content=found, behind=behind)


class TestWhile:
    def test_a_draft_says_when_its_checks_start_and_asks_for_nothing(self, client: Client, draft: Proposal) -> None:
        text = page(client, draft)
        assert "The checks start by themselves once a review is asked for." in text
        assert ("Run the checks now" in text, address(text)) == (True, "")

    def test_a_draft_is_followed_once_somebody_had_its_checks_run(self, client: Client, draft: Proposal) -> None:
        first = address(page(client, draft, "?checks=asked"))
        assert "checks=asked" in first
        assert "checks=asked" in address(look(client, first))

    def test_under_review_it_is_followed_until_every_check_has_answered(self, client: Client, asked: Proposal) -> None:
        first = address(page(client, asked))
        answer(asked, CheckName.EXAMPLES)
        text = look(client, first)
        assert '<span class="state is-done">passed</span>' in text
        answer(asked)
        last = look(client, address(text))
        assert (address(text) != "", address(last), "Checks are under way" in last) == (True, "", False)

    def test_it_gives_up_after_a_while(self, client: Client, asked: Proposal) -> None:
        first = address(page(client, asked))
        text = look(client, first.replace("look=1", f"look={MOST_LOOKS}"))
        assert (address(text), "The checks take long." in text) == ("", True)

    def test_opened_by_itself_it_leads_to_the_page(self, client: Client, asked: Proposal) -> None:
        path = address(page(client, asked))
        assert client.get(path)["Location"] == f"/proposals/{asked.pk}/"


class TestWhatFollows:
    def test_the_button_is_told_anew_when_what_keeps_it_back_is_gone(self, client: Client, asked: Proposal) -> None:
        first = address(page(client, asked))
        same = look(client, first)
        answer(asked, CheckName.EXAMPLES)
        other = look(client, first)
        assert ("decision-step" in same, "decision-step" in other) == (False, True)
        assert "pinned examples” is pending" not in other

    def test_what_an_approval_signs_follows_what_is_behind_the_checks(self, client: Client, asked: Proposal) -> None:
        first = address(page(client, asked))
        answer(asked, CheckName.BENCHMARK, behind="run 7")
        digest = standing_of(Proposal.objects.get(pk=asked.pk)).signed.digest
        assert f'name="seen" value="{digest}"' in look(client, first)

    @pytest.mark.parametrize("deed", ["edit", "review"])
    def test_what_the_page_does_not_show_is_never_signed(
        self, client: Client, asked: Proposal, expert: User, deed: str
    ) -> None:
        first = address(page(client, asked))
        if deed == "edit":
            proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        else:
            reviews.comment(by=reviewer(), proposal=asked, text="Why?")
        text = look(client, first)
        assert "since you opened the page" in text
        assert ('name="seen"' in text, address(text)) == (False, "")

    def test_costs_the_same_for_one_change_and_thirty(self, client: Client, asked: Proposal, expert: User) -> None:
        counts = []
        for many in (0, 30):
            Change.objects.bulk_create(
                Change(proposal=asked, kind="add", content=content(f"Rule {n}").to_json(), updated_by=expert)
                for n in range(many)
            )
            path = address(page(client, asked))
            with CaptureQueriesContext(connection) as made:
                look(client, path)
            counts.append(len(made))
        assert counts[0] == counts[1]
