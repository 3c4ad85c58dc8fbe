"""The pages of releases: what stands behind one, going back to it, looking back, comparing, files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rules.engine.exchange import MOST_BYTES
from rules.enums import CheckName
from rules.models import Policy, Proposal, Release
from rules.selectors.exchange import release_text
from rules.services import checks, proposals
from rules.services.exchange import restore_release
from tests.rules.publishing import approved, publish, published_rules
from tests.rules.rows import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return User.objects.create_superuser("lead", first_name="Lin", last_name="Wei")


@pytest.fixture
def first(lead: User) -> Release:
    return published_rules(by=lead, contents=[(1, content("One")), (2, content("Two", "x"))], notes="The beginning")


@pytest.fixture
def second(lead: User, first: Release) -> Release:
    """R1 says something else, R3 is new."""
    return published_rules(by=lead, contents=[(1, content("One", "777")), (3, content("Three", "y"))])


@pytest.fixture
def read(client: Client, lead: User) -> Callable[[str], str]:
    """A page as the lead sees it."""
    client.force_login(lead)

    def fetch(path: str) -> str:
        response = client.get(path, follow=True)
        assert response.status_code == 200
        return response.content.decode()

    return fetch


def moved(release: Release, *, days: int) -> None:
    """As if it had been published some days ago."""
    moment = timezone.now() - timedelta(days=days)
    QuerySet(Release).filter(pk=release.pk).update(created_at=moment)


def at(*, days: int) -> str:
    """The noon so many days ago, as an address has it."""
    return (timezone.localtime() - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


class TestReleasePage:
    def test_says_who_approved_it_and_what_was_overridden(self, read: Callable[[str], str], lead: User) -> None:
        made = proposals.open_proposal(by=lead)
        proposals.add_rule(by=lead, proposal=made, content=content())
        approved(made)
        Policy.objects.create(approvals={"forbid": 2}, required=[CheckName.COVERAGE], by=lead)
        checks.override_check(by=lead, proposal=made, name=CheckName.COVERAGE, reason="We know <why>")
        release = publish(by=lead, proposal=made)
        text = read(f"/releases/{release.number}/")
        for word in ("first reviewer", "coverage", "We know &lt;why&gt;"):
            assert word in text

    def test_says_what_it_goes_back_to(self, read: Callable[[str], str], lead: User, second: Release) -> None:
        back = restore_release(by=lead, release=second.base, title="Back")
        release = publish(by=lead, proposal=back)
        text = read(f"/releases/{release.number}/")
        assert 'goes back to <a href="/releases/1/">release 1</a>' in text

    def test_says_who_scheduled_it(self, read: Callable[[str], str], lead: User, first: Release) -> None:
        due = timezone.now() + timedelta(days=1)
        Proposal.objects.filter(published=first).update(publish_at=due, scheduled_by=lead)
        assert f"for {timezone.localtime(due):%Y-%m-%d %H:%M}, by Lin Wei" in read("/releases/1/")

    def test_marks_rules_that_are_not_valid_today(self, read: Callable[[str], str], lead: User) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        published_rules(by=lead, contents=[(1, content()), (2, replace(content("Later", "x"), valid_from=tomorrow))])
        for path in ("/releases/1/", "/rules/", "/rules/2/"):
            text = read(path)
            assert (f"from {tomorrow}" in text, text.count("<b>not valid today</b>")) == (True, 1)
        assert "not valid today</b>" not in read("/rules/1/")

    def test_shows_the_first_changes_and_where_all_are(self, read: Callable[[str], str], lead: User) -> None:
        published_rules(by=lead, contents=[(n, content(f"Rule {n}", str(n))) for n in range(1, 26)])
        text = read("/releases/1/")
        assert (text.count('<article class="change">'), "All 25 rules that differ" in text) == (20, True)

    @pytest.mark.parametrize("path", ["/releases/1/", "/releases/", "/releases/0/compare/1/", "/rules/"])
    def test_costs_the_same_for_one_rule_and_thirty(
        self, client: Client, lead: User, path: str, django_db_reset_sequences: None
    ) -> None:
        client.force_login(lead)
        counts = []
        for many in (1, 30):
            release = published_rules(by=lead, contents=[(n, content(f"{n} of {many}")) for n in range(1, many + 1)])
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path.replace("1", str(release.number))).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]
        assert counts[0] <= 20


class TestRollback:
    def test_opens_a_draft_that_says_so(self, client: Client, lead: User, second: Release) -> None:
        client.force_login(lead)
        response = client.post("/releases/1/rollback/")
        draft = Proposal.objects.get(restores__number=1)
        assert response["Location"] == f"/proposals/{draft.pk}/"
        assert (draft.title, draft.state) == ("Back to release 1", "draft")
        assert draft.reason == (
            f"Puts every rule back as it was in release 1 of {timezone.localdate()}.\nIts notes: The beginning"
        )

    def test_is_offered_for_older_releases_alone(self, read: Callable[[str], str], second: Release) -> None:
        assert ["Restore this release" in read(f"/releases/{n}/") for n in (1, 2)] == [True, False]

    def test_says_that_nothing_differs(self, client: Client, lead: User, second: Release) -> None:
        client.force_login(lead)
        text = client.post("/releases/2/rollback/", follow=True).content.decode()
        assert ("nothing differs" in text, Proposal.objects.count()) == (True, 2)

    def test_is_refused_to_who_may_not_draft(self, client: Client, second: Release) -> None:
        client.force_login(User.objects.create_user("reader"))
        assert client.post("/releases/1/rollback/").status_code == 403
        assert "Restore this release" not in client.get("/releases/1/").content.decode()
        assert client.get("/releases/1/rollback/").status_code == 405


class TestAsOf:
    def test_the_library_shows_what_was_in_force_then(
        self, read: Callable[[str], str], first: Release, second: Release
    ) -> None:
        moved(first, days=2)
        text = read(f"/rules/?at={at(days=1)}")
        assert [f'href="/rules/{n}/"' in text for n in (1, 2, 3)] == [True, True, False]
        assert ("2 rules in force then" in text, ">999</b>" in text, "Back to now" in text) == (True,) * 3
        assert "Back to now" not in read("/rules/")

    def test_before_the_first_release_there_was_nothing(self, read: Callable[[str], str], first: Release) -> None:
        assert "there was no release yet" in read("/rules/?at=2001-01-01T00:00")
        assert "there was no release yet" in read("/releases/?at=2001-01-01")
        assert 'value="2001-01-01T00:00"' in read("/releases/?at=2001-01-01")

    def test_rules_are_left_out_that_were_not_valid_on_that_day(self, read: Callable[[str], str], lead: User) -> None:
        today = timezone.localdate()
        release = published_rules(
            by=lead, contents=[(1, content()), (2, replace(content("New", "x"), valid_from=today))]
        )
        moved(release, days=3)
        text = read(f"/rules/?at={at(days=1)}")
        assert [f'href="/rules/{n}/"' in text for n in (1, 2)] == [True, False]

    def test_filters_stay_as_of_the_moment(self, read: Callable[[str], str], first: Release, second: Release) -> None:
        moved(first, days=2)
        moment = at(days=1)
        text = read(f"/rules/?at={moment}&q=Two")
        assert f'<input type="hidden" name="at" value="{moment}">' in text
        assert '<input type="hidden" name="q" value="Two">' in text
        assert [f'href="/rules/{n}/"' in text for n in (1, 2)] == [False, True]

    def test_a_moment_to_come_is_said_to_be_one(self, read: Callable[[str], str], lead: User) -> None:
        until = timezone.localdate()
        published_rules(by=lead, contents=[(1, content()), (2, replace(content("Old", "x"), valid_until=until))])
        text = read(f"/rules/?at={at(days=-2)}")
        assert ("still to come" in text, 'href="/rules/2/"' in text) == (True, False)

    def test_the_releases_say_which_was_in_force(
        self, read: Callable[[str], str], first: Release, second: Release
    ) -> None:
        moved(first, days=2)
        text = read(f"/releases/?at={at(days=1)}")
        assert ("in force then" in text, "data-open>#2</a>" in text) == (True, False)

    @pytest.mark.parametrize("bad", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31T23:59", "%00", "1e9"])
    def test_what_is_no_moment_is_said(self, read: Callable[[str], str], first: Release, bad: str) -> None:
        for path in ("/rules/", "/releases/"):
            text = read(f"{path}?at={bad}")
            assert ("This is how it is now." in text, "notice-error" in text) == (True, True)


class TestCompare:
    def test_shows_the_words_that_differ(self, read: Callable[[str], str], second: Release) -> None:
        text = read("/releases/1/compare/2/")
        assert "2 rules differ" in text
        assert ("<del>999</del>" in text, "<ins>777</ins>" in text) == (True, True)
        assert [f'<a href="/rules/{n}/">R{n}</a>' in text for n in (1, 2, 3)] == [True, False, True]

    def test_works_the_other_way_round(self, read: Callable[[str], str], second: Release) -> None:
        text = read("/releases/2/compare/1/")
        assert ("<del>777</del>" in text, "<ins>999</ins>" in text) == (True, True)
        assert '<span class="chip">retired</span>' in text

    def test_a_release_differs_in_nothing_from_itself(self, read: Callable[[str], str], second: Release) -> None:
        assert "No rule differs" in read("/releases/2/compare/2/")

    def test_shows_one_kind_alone(self, read: Callable[[str], str], second: Release) -> None:
        text = read("/releases/1/compare/2/?kind=add")
        assert ['<a href="/rules/1/">' in text, '<a href="/rules/3/">' in text] == [False, True]

    def test_many_differences_take_pages(self, read: Callable[[str], str], lead: User) -> None:
        published_rules(by=lead, contents=[(n, content(f"Rule {n}", str(n))) for n in range(1, 26)])
        pages = [read(f"/releases/0/compare/1/?page={n}").count('<article class="change">') for n in (1, 2)]
        assert pages == [20, 5]

    def test_two_numbers_lead_to_it(self, client: Client, lead: User, second: Release) -> None:
        client.force_login(lead)
        assert client.get("/releases/compare/?before=2&after=1")["Location"] == "/releases/2/compare/1/"

    @pytest.mark.parametrize("query", ["", "?before=1", "?before=1&after=9", "?before=x&after=1", "?before=²&after=1"])
    def test_a_release_there_is_not_is_said(self, read: Callable[[str], str], first: Release, query: str) -> None:
        assert "one of these there is not" in read(f"/releases/compare/{query}")

    def test_a_release_there_is_not_has_no_comparison(self, client: Client, lead: User, first: Release) -> None:
        client.force_login(lead)
        assert client.get("/releases/1/compare/7/").status_code == 404


class TestFiles:
    def test_a_release_can_be_downloaded(self, client: Client, lead: User, first: Release) -> None:
        client.force_login(lead)
        response = client.get("/releases/1/rules.yaml")
        assert response.content.decode() == release_text(first)
        assert response["Content-Disposition"] == 'attachment; filename="rules-1.yaml"'

    def upload(self, client: Client, data: bytes, **more: str) -> object:
        file = SimpleUploadedFile("rules.yaml", data)
        return client.post("/proposals/import/", {"file": file, "title": "From a file", **more})

    def test_an_uploaded_file_becomes_a_draft(self, client: Client, lead: User, first: Release) -> None:
        client.force_login(lead)
        text = release_text(first).replace("Two", "Zwei")
        response = self.upload(client, text.encode(), reason="Why not")
        draft = Proposal.objects.get(title="From a file")
        assert response["Location"] == f"/proposals/{draft.pk}/"
        assert (draft.reason, [one.rule.number for one in draft.changes.all()]) == ("Why not", [2])

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("cap", "lid", "Line 14, R1: One of these is expected here"),
            ("title: One", "title: *one", "Line 6: Anchors and aliases"),
            ("One", "One", "nothing differs"),
            ("rules:", "<b>rules</b>:", "There is no field “&lt;b&gt;rules&lt;/b&gt;” here."),
        ],
    )
    def test_a_faulty_file_is_answered_with_what_is_wrong(
        self, client: Client, lead: User, first: Release, old: str, new: str, told: str
    ) -> None:
        client.force_login(lead)
        response = self.upload(client, release_text(first).replace(old, new, 1).encode())
        assert (response.status_code, told in response.content.decode()) == (422, True)
        assert not Proposal.objects.filter(title="From a file").exists()

    def test_a_file_that_is_too_large_is_not_read(self, client: Client, lead: User, first: Release) -> None:
        client.force_login(lead)
        response = self.upload(client, b"#" * (MOST_BYTES + 1))
        assert (response.status_code, "The file is too large" in response.content.decode()) == (422, True)

    def test_the_proposals_page_offers_it_to_who_may_draft(self, client: Client, lead: User, first: Release) -> None:
        found = []
        for person in (lead, User.objects.create_user("reader")):
            client.force_login(person)
            found.append('action="/proposals/import/"' in client.get("/proposals/").content.decode())
        assert found == [True, False]
        assert client.get("/proposals/import/").status_code == 403
        assert self.upload(client, release_text(first).encode()).status_code == 403
