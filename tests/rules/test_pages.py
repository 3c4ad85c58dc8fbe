"""The pages of the library, the releases and the audit trail."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.enums import ProposalState
from rules.models import AuditEvent, Change, Proposal, Release
from tests.rules.publishing import published_rules

pytestmark = pytest.mark.django_db
DRAFTING = ("rules.change_proposal",)


def content(title: str = "Sprays", **changes: object) -> RuleContent:
    """A sound rule: who asks for a spray is not given an ointment."""
    parts = {
        "conditions": (Condition(Side.QUERY, Operator.IS, Attribute.DOSAGE_FORM, ("气雾剂",)),),
        "effect": Effect(EffectKind.CAP, Level.MODERATELY),
    }
    return RuleContent(title=title, **(parts | changes))


@pytest.fixture
def lead() -> User:
    return User.objects.create_superuser("lead", first_name="Lin", last_name="Wei")


@pytest.fixture
def read(client: Client, lead: User) -> Callable[[str], str]:
    """A page as the lead sees it."""
    client.force_login(lead)

    def fetch(path: str) -> str:
        response = client.get(path)
        assert response.status_code == 200
        return response.content.decode()

    return fetch


def release_of(lead: User, *contents: RuleContent) -> Release:
    return published_rules(by=lead, contents=list(enumerate(contents, start=1)))


class TestLibrary:
    def test_says_what_to_do_without_rules(self, read: Callable[[str], str]) -> None:
        assert "No rules yet" in read("/rules/")

    def test_shows_a_rule_as_a_sentence(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        assert '<b class="value">气雾剂</b>' in read("/rules/")

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [("", [1, 2]), ("?q=气雾剂", [1]), ("?effect=forbid", [2]), ("?attribute=efficacy", [2]), ("?effect=nonsense", [1, 2])],
    )  # fmt: skip
    def test_keeps_filters_in_the_address(
        self, read: Callable[[str], str], lead: User, query: str, numbers: list[int]
    ) -> None:
        other = (Condition(Side.PRODUCT, Operator.IS_PRESENT, Attribute.EFFICACY),)
        release_of(lead, content(), content("Never", conditions=other, effect=Effect(EffectKind.FORBID)))
        text = read(f"/rules/{query}")
        assert [n for n in (1, 2) if f'href="/rules/{n}/"' in text] == numbers

    def test_costs_the_same_for_one_rule_and_thirty(self, client: Client, lead: User) -> None:
        client.force_login(lead)
        counts = []
        for many in (1, 30):
            release_of(lead, *(content(f"Rule {n} of {many}") for n in range(many)))
            with CaptureQueriesContext(connection) as asked:
                client.get("/rules/")
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_hides_drafting_from_who_may_not(self, client: Client, lead: User) -> None:
        release_of(lead, content())
        client.force_login(User.objects.create_user("reader"))
        assert "New rule" not in client.get("/rules/").content.decode()


class TestRulePage:
    def test_shows_each_version_with_its_difference(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        release_of(lead, content(effect=Effect(EffectKind.CAP, Level.WEAKLY)))
        text = read("/rules/1/")
        assert "<del>moderately</del><ins>weakly</ins>" in text

    def test_escapes_what_people_wrote(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content("<script>alert(1)</script>", rationale="<img src=x onerror=alert(1)>"))
        text = read("/rules/1/")
        assert "<script>alert" not in text
        assert "<img src=x" not in text

    def test_is_not_found_for_a_number_nobody_used(self, client: Client, lead: User) -> None:
        client.force_login(lead)
        assert client.get("/rules/9/").status_code == 404

    def test_edit_opens_the_editor_in_a_draft(self, client: Client, lead: User) -> None:
        release_of(lead, content())
        client.force_login(lead)
        response = client.post("/rules/1/edit/")
        change = Change.objects.get(proposal__state=ProposalState.DRAFT)
        assert response["Location"] == f"/proposals/{change.proposal_id}/changes/{change.pk}/"

    def test_a_second_edit_goes_into_the_same_draft(self, client: Client, lead: User) -> None:
        release_of(lead, content(), content("Other"))
        client.force_login(lead)
        client.post("/rules/1/edit/")
        client.post("/rules/2/edit/")
        assert Proposal.objects.filter(state=ProposalState.DRAFT).count() == 1

    def test_an_old_wording_can_be_drafted_again(self, client: Client, lead: User) -> None:
        release_of(lead, content())
        release_of(lead, content(effect=Effect(EffectKind.CAP, Level.WEAKLY)))
        client.force_login(lead)
        client.post("/rules/1/versions/1/restore/")
        assert RuleContent.from_json(Change.objects.get(proposal__state=ProposalState.DRAFT).content) == content()

    @pytest.mark.parametrize("path", ["/rules/new/", "/rules/1/edit/", "/rules/1/retire/"])
    def test_a_get_opens_no_draft(self, client: Client, lead: User, path: str) -> None:
        release_of(lead, content())
        client.force_login(lead)
        assert (client.get(path).status_code, Proposal.objects.filter(state=ProposalState.DRAFT).count()) == (405, 0)

    def test_a_reader_may_not_edit(self, client: Client, lead: User) -> None:
        release_of(lead, content())
        client.force_login(User.objects.create_user("reader"))
        assert client.post("/rules/1/edit/").status_code == 403

    def test_lists_many_versions_page_by_page(self, read: Callable[[str], str], lead: User) -> None:
        for number in range(1, 23):
            release_of(lead, content(f"Wording {number}"))
        first, second = read("/rules/1/"), read("/rules/1/?page=2")
        assert [(text.count("<b>Version "), "Wording 22</h1>" in text) for text in (first, second)] == [
            (20, False),
            (2, False),
        ]
        assert "<del>2</del><ins>3</ins>" in first
        assert "<del>1</del><ins>2</ins>" in second
        assert "version 22 · Wording 22" in second


class TestReleasesAndAudit:
    def test_a_release_shows_what_it_changed(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        release_of(lead, content(effect=Effect(EffectKind.CAP, Level.WEAKLY)))
        text = read("/releases/2/")
        assert ("<del>moderately</del>" in text, "<ins>weakly</ins>" in text) == (True, True)

    def test_the_list_names_every_release(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        release_of(lead, content("Other"))
        text = read("/releases/")
        assert [n for n in (1, 2, 3) if f'href="/releases/{n}/"' in text] == [1, 2]

    def test_a_large_release_lists_its_rules_page_by_page(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, *(content(f"Rule {n}") for n in range(51)))
        found = [text.count("data-open") for text in (read("/releases/1/"), read("/releases/1/?page=2"))]
        assert found == [50, 1]
        assert "51 rules" in read("/releases/1/?page=2")

    def test_the_audit_page_says_that_what_it_shows_is_whole(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        text = read("/audit/")
        assert "The events shown are whole" in text
        assert "published release" in text

    def test_the_audit_page_says_where_the_chain_breaks(self, read: Callable[[str], str], lead: User) -> None:
        release_of(lead, content())
        AuditEvent.objects.filter(sequence=1)._raw_delete("default")
        assert "The chain breaks at event 1: it is missing." in read("/audit/")
        assert "No event matches" in read("/audit/?subject=%00x")


class TestFrame:
    def test_a_page_forbids_inline_code_and_holds_none(self, client: Client, lead: User) -> None:
        release_of(lead, content())
        client.force_login(lead)
        response = client.get("/rules/1/")
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in response.content.decode()
        assert "<script>" not in response.content.decode()

    def test_is_not_shown_without_signing_in(self, client: Client) -> None:
        assert client.get("/rules/")["Location"] == "/accounts/login/?next=/rules/"

    def test_keeps_the_theme(self, client: Client, lead: User) -> None:
        client.force_login(lead)
        client.post("/preferences/theme/", {"theme": "dark", "next": "/rules/"})
        assert 'data-theme="dark"' in client.get("/rules/").content.decode()
