"""What programs read of what their person was told, and how they turn it off."""

import pytest
from rest_framework.test import APIClient

from rules.models import AuditEvent, Notification
from tests.rules.api.asking import API, approved, refused, sent
from tests.rules.api.conftest import allowed

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = f"{API}/notifications/"
OFF = {"in_app": False, "by_mail": False}


def told(client: APIClient, asked: str = "") -> list[tuple[str, str]]:
    return [(one["kind"], one["sentence"]) for one in client.get(f"{TOLD}{asked}").json()["results"]]


def test_each_reads_what_they_were_told_and_no_other(draft: str, author: APIClient, reviewer: APIClient) -> None:
    approved(draft, author, reviewer)
    asked, given = "author asks for a review of “Add”", "reviewer approved “Add” (1 of 1 approvals)"
    assert (told(author), told(reviewer)) == ([("approved", given)], [("review_asked", asked)])
    one = author.get(TOLD).json()["results"][0]
    assert (one["path"], one["proposal"]) == (draft.removeprefix(API), int(draft.rstrip("/").rpartition("/")[2]))
    assert refused(reviewer, f"{TOLD}{one['id']}/read/")[0] == 404


def test_what_was_read_is_unread_no_more(draft: str, author: APIClient, reviewer: APIClient) -> None:
    sent(author, f"{draft}ask-for-review/")
    sent(reviewer, f"{draft}comment/", {"text": "One"})
    sent(reviewer, f"{draft}comment/", {"text": "Two"})
    newest, oldest = (one["id"] for one in author.get(TOLD).json()["results"])
    assert sent(author, f"{TOLD}{oldest}/read/")["read_at"] is not None
    assert [one["id"] for one in author.get(f"{TOLD}?unread=true").json()["results"]] == [newest]
    assert sent(author, f"{TOLD}read/", {"newest": newest}) == {"unread": 0}
    assert sent(author, f"{TOLD}read/", {"newest": 10**17}) == {"unread": 0}


def test_a_kind_is_turned_off(draft: str, author: APIClient, reviewer: APIClient) -> None:
    before = author.get(f"{TOLD}settings/").json()
    after = sent(author, f"{TOLD}settings/", {"language": "zh-hans", "kinds": {"commented": OFF}}, method="put")
    assert after == {"language": "zh-hans", "kinds": before["kinds"] | {"commented": OFF}}
    sent(author, f"{draft}ask-for-review/")
    sent(reviewer, f"{draft}comment/", {"text": "One"})
    assert not Notification.objects.filter(recipient__username="author").exists()
    assert AuditEvent.objects.filter(verb="notifications.set", actor__username="author").count() == 1


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"language": "xx", "kinds": {}}, ["language"]),
        ({"language": "en", "kinds": {"gossip": OFF}}, ["kinds.gossip"]),
        ({"language": "en", "kinds": {"void": {"in_app": True}}}, ["kinds.void.by_mail"]),
    ],
)
def test_what_there_is_not_is_refused(said: dict[str, object], fields: list[str]) -> None:
    answer = allowed("somebody").put(f"{TOLD}settings/", said, format="json")
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, fields)
