"""What programs do with proposals: the whole way, and every refusal of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from rules import selectors
from rules.models import AuditEvent, Proposal, Release
from tests.rules.api.asking import API, NEW, approved, refused, sent
from tests.rules.api.conftest import allowed
from tests.rules.publishing import published_rules
from tests.rules.rows import content

pytestmark = pytest.mark.django_db

NO_CHANGES: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": "add"}, ["content"]),
    ({"kind": "edit"}, ["rule"]),
    ({"kind": "retire", "rule": 1, "version": 1}, ["version"]),
    ({"kind": "retire", "rule": 1, "content": NEW}, ["content"]),
    ({"kind": "rename", "rule": 1}, ["kind"]),
    ({"kind": "add", "content": {**NEW, "valid_from": "soon"}}, ["content.valid_from"]),
    ({"kind": "add", "content": {**NEW, "title": "a\x00"}}, ["content.title"]),
    ({"kind": "add", "content": {**NEW, "conditions": [{"side": "query"}]}}, ["content.conditions.0.operator"]),
]


class TestTheWay:
    def test_from_a_draft_to_a_release(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        assert [one["code"] for one in author.get(draft).json()["obstacles"]] == ["draft"]
        told = approved(draft, author, reviewer)
        assert (told["state"], told["approvals"], told["needed"], told["obstacles"]) == ("approved", 1, 1, [])
        release = sent(author, f"{draft}publish/", {"notes": "Third"})
        assert (release["number"], release["notes"], release["rules"]) == (2, "Third", 3)
        assert author.get(draft).json()["published"] == 2
        assert author.get(f"{API}/rules/3/").json()["newest"]["content"] == NEW

    def test_published_twice_it_is_one_release(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        approved(draft, author, reviewer)
        first, second = (sent(author, f"{draft}publish/") for _ in range(2))
        assert first == second
        assert Release.objects.count() == 3

    def test_every_write_is_in_the_trail_as_from_a_program(self, draft: str) -> None:
        events = AuditEvent.objects.filter(subject=f"proposal:{Proposal.objects.latest('pk').pk}")
        assert {(one.actor.username, one.data["origin"]["channel"]) for one in events} == {("author", "api")}
        assert selectors.verify_chain() is None

    def test_a_time_is_set_and_taken_back(self, draft: str, author: APIClient) -> None:
        at = timezone.now() + timedelta(days=1)
        assert sent(author, f"{draft}schedule/", {"publish_at": at.isoformat()})["publish_at"] is not None
        assert sent(author, f"{draft}schedule/", {"publish_at": None})["publish_at"] is None

    def test_a_lead_rolls_back(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        approved(draft, author, reviewer)
        sent(author, f"{draft}publish/")
        told = sent(author, f"{API}/releases/1/restore/", {"title": "Back"}, 201)
        assert (told["restores"], told["changes"], told["state"]) == (1, 1, "draft")

    def test_taken_back_and_withdrawn(self, draft: str, author: APIClient) -> None:
        sent(author, f"{draft}ask-for-review/")
        assert sent(author, f"{draft}take-back/")["state"] == "draft"
        assert sent(author, f"{draft}withdraw/")["state"] == "withdrawn"
        assert refused(author, f"{draft}publish/") == (409, "not_open")

    def test_comments_and_changes_asked_for(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        sent(author, f"{draft}ask-for-review/")
        seen = reviewer.get(draft).json()["digest"]
        sent(author, f"{draft}comment/", {"text": "Please look", "about": "R3"})
        told = sent(reviewer, f"{draft}ask-for-changes/", {"seen": seen, "text": "Say why"})
        assert [(one["verdict"], one["text"], one["by"]) for one in told["reviews"]] == [
            ("comment", "Please look", "author"),
            ("ask", "Say why", "reviewer"),
        ]
        assert told["obstacles"][0]["code"] == "asked"


class TestChanges:
    def test_edited_restored_retired_and_discarded(self, draft: str, author: APIClient) -> None:
        changes = f"{draft}changes/"
        edit = sent(author, changes, {"kind": "edit", "rule": 1}, 201)
        assert (edit["rule"], edit["effective"], edit["edition"]) == (1, False, 1)
        saved = sent(author, f"{changes}{edit['id']}/", {"content": NEW, "edition": 1}, method="put")
        assert (saved["after"], saved["edition"], saved["effective"]) == (NEW, 2, True)
        assert {"kind": "insert", "text": "New"} in [span for row in saved["diff"] for span in row["spans"]]
        again = sent(author, changes, {"kind": "edit", "rule": 1, "version": 1}, 201)
        assert again["after"]["title"] == "Brand 999"
        retired = sent(author, changes, {"kind": "retire", "rule": 2}, 201)
        assert (retired["kind"], retired["after"]) == ("retire", None)
        sent(author, f"{changes}{retired['id']}/", status=204, method="delete")
        assert [one["rule"] for one in author.get(changes).json()["results"]] == [3, 1]

    def test_an_edit_of_what_somebody_changed_gets_both_wordings(self, draft: str, author: APIClient) -> None:
        other = allowed("other", "change_proposal")
        url = f"{draft}changes/{author.get(f'{draft}changes/').json()['results'][0]['id']}/"
        theirs, mine = ({**NEW, "title": title} for title in ("Theirs", "Mine"))
        sent(other, url, {"content": theirs, "edition": 1}, method="put")
        answer = author.put(url, {"content": mine, "edition": 1}, format="json", HTTP_ACCEPT_LANGUAGE="en")
        told = answer.json()
        assert (answer.status_code, told["code"], told["edition"], told["saved_by"]) == (409, "conflict", 2, "other")
        assert (told["mine"], told["theirs"]) == (mine, theirs)
        assert author.get(url).json()["after"] == theirs

    def test_a_draft_may_be_incomplete_and_says_what_is_missing(self, draft: str, author: APIClient) -> None:
        bare = {"effect": {"kind": "cap"}}
        told = sent(author, f"{draft}changes/", {"kind": "add", "content": bare}, 201)
        assert [one["code"] for one in told["problems"]] == ["no_title", "no_conditions", "no_level"]
        assert refused(author, f"{draft}ask-for-review/")[0] == 400

    def test_what_is_no_change(self, draft: str, author: APIClient) -> None:
        for said, fields in NO_CHANGES:
            told = sent(author, f"{draft}changes/", said, 400)
            assert [one["field"] for one in told["errors"]] == fields


class TestRefusals:
    def test_nothing_unapproved_is_published(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        assert refused(author, f"{draft}publish/") == (400, "draft")
        sent(author, f"{draft}ask-for-review/")
        assert refused(author, f"{draft}publish/") == (400, "unapproved")
        sent(reviewer, f"{draft}approve/", {"seen": reviewer.get(draft).json()["digest"]})
        url = f"{draft}changes/{author.get(f'{draft}changes/').json()['results'][0]['id']}/"
        sent(author, url, {"content": {**NEW, "title": "Other"}, "edition": 1}, method="put")
        told = sent(author, f"{draft}publish/", status=409)
        assert [one["code"] for one in told["errors"]] == ["void", "unapproved"]
        assert author.get(draft).json()["reviews"][0]["void"] != ""
        assert Release.objects.count() == 2

    def test_an_approval_of_what_is_no_longer_so(self, draft: str, author: APIClient, reviewer: APIClient) -> None:
        sent(author, f"{draft}ask-for-review/")
        for verb in ("approve", "ask-for-changes"):
            assert refused(reviewer, f"{draft}{verb}/", {"seen": "old", "text": "x"}) == (409, "changed")

    def test_nobody_approves_their_own(self, draft: str, author: APIClient) -> None:
        both = allowed("both", "change_proposal", "review_proposal")
        sent(both, f"{draft}changes/", {"kind": "retire", "rule": 2}, 201)
        sent(author, f"{draft}ask-for-review/")
        assert refused(both, f"{draft}approve/", {"seen": both.get(draft).json()["digest"]}) == (400, "own")

    def test_a_time_that_is_over(self, draft: str, author: APIClient) -> None:
        assert refused(author, f"{draft}schedule/", {"publish_at": "2001-01-01T00:00Z"}) == (400, "past")

    def test_overtaken_it_is_brought_up_to_date(self, draft: str, author: APIClient, expert: User) -> None:
        sent(author, f"{draft}changes/", {"kind": "retire", "rule": 1}, 201)
        published_rules(by=expert, contents=[(1, content("Meanwhile", "m"))])
        assert author.get(draft).json()["stale"]
        assert refused(author, f"{draft}rebase/") == (409, "unsaid")
        assert refused(author, f"{draft}rebase/", {"onto": 1, "mine": [1]}) == (409, "moved")
        told = sent(author, f"{draft}rebase/", {"onto": 2, "theirs": [1]})
        assert (told["base"], told["stale"], told["changes"]) == (2, False, 1)

    def test_what_was_not_touched_is_merged(self, draft: str, author: APIClient, expert: User) -> None:
        published_rules(by=expert, contents=[(1, content("Meanwhile", "m"))])
        assert sent(author, f"{draft}rebase/")["base"] == 2


def test_a_proposal_costs_the_same_for_one_change_and_many(draft: str, author: APIClient) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert author.get(address).status_code == 200
        return len(queries)

    before = cost(draft), cost(f"{draft}changes/")
    for title in ("a", "b", "c", "d"):
        sent(author, f"{draft}changes/", {"kind": "add", "content": {**NEW, "title": title}}, 201)
        sent(author, f"{draft}comment/", {"text": title})
    assert (cost(draft), cost(f"{draft}changes/")) == before
    assert max(before) < 16
