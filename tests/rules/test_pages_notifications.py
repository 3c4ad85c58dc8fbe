"""The bell, the page of what one was told, and its settings."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.enums import NotificationKind
from rules.models import Notification, Proposal
from rules.selectors.notifications import Wish, mail_language, preferences_of
from rules.services import notifications, proposals
from tests.rules.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert() -> User:
    return person("expert")


@pytest.fixture
def proposal(expert: User) -> Proposal:
    return proposals.open_proposal(by=expert, title="Sprays & <creams>")


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody whom things are told to."""
    client.force_login(person("rita"))
    return client


def tell(proposal: Proposal, count: int = 1) -> None:
    people = [User.objects.get(username="rita").pk]
    for number in range(count):
        event = f"{number}-{Notification.objects.count()}"
        params = {"text": "<b>Look</b>"}
        notifications.tell(
            NotificationKind.COMMENTED, proposal, event, people, actor=proposal.created_by_id, params=params
        )


def test_says_when_there_is_nothing(reader: Client) -> None:
    assert "Nothing to tell yet" in reader.get("/notifications/").content.decode()


def test_the_bell_counts_what_is_unread_on_every_page(reader: Client, proposal: Proposal) -> None:
    assert 'class="count"' not in reader.get("/rules/").content.decode()
    tell(proposal, 2)
    assert 'aria-label="2 unread notifications"' in reader.get("/rules/").content.decode()


def test_what_is_told_is_text(reader: Client, proposal: Proposal) -> None:
    tell(proposal)
    text = reader.get("/notifications/").content.decode()
    assert "expert commented on “Sprays &amp; &lt;creams&gt;”" in text
    assert "&lt;b&gt;Look&lt;/b&gt;" in text


def test_opening_marks_as_read_and_goes_to_the_proposal(reader: Client, proposal: Proposal) -> None:
    tell(proposal)
    told = Notification.objects.get()
    response = reader.post(f"/notifications/{told.pk}/open/")
    told.refresh_from_db()
    assert (response["Location"], told.read_at is None) == (f"/proposals/{proposal.pk}/", False)


def test_nobody_reads_or_opens_what_others_were_told(client: Client, proposal: Proposal) -> None:
    person("rita")
    tell(proposal)
    client.force_login(proposal.created_by)
    pk = Notification.objects.get().pk
    codes = [client.post(f"/notifications/{pk}/{action}/").status_code for action in ("open", "read")]
    assert (codes, Notification.objects.get().read_at) == ([404, 404], None)


def test_a_get_marks_nothing(reader: Client, proposal: Proposal) -> None:
    tell(proposal)
    pk = Notification.objects.get().pk
    codes = [reader.get(path).status_code for path in (f"/notifications/{pk}/open/", "/notifications/read/")]
    assert (codes, Notification.objects.get().read_at) == ([405, 405], None)


def test_unread_ones_come_first_page_by_page(reader: Client, proposal: Proposal) -> None:
    tell(proposal, 51)
    newest = Notification.objects.first()
    reader.post(f"/notifications/{newest.pk}/read/")
    pages = [reader.get(f"/notifications/?page={number}").content.decode() for number in (1, 2)]
    assert [page.count('class="is-unread"') for page in pages] == [50, 0]
    assert f'href="/proposals/{proposal.pk}/" data-open' in pages[1]


def test_all_that_was_shown_is_marked_as_read(reader: Client, proposal: Proposal) -> None:
    tell(proposal, 2)
    newest = Notification.objects.first().pk
    assert f'name="newest" value="{newest}"' in reader.get("/notifications/").content.decode()
    tell(proposal)
    reader.post("/notifications/read/", {"newest": newest})
    assert Notification.objects.filter(read_at=None).count() == 1


def test_settings_turn_each_kind_off_by_channel_and_choose_a_language(reader: Client) -> None:
    assert "There is no e-mail address for you yet" in reader.get("/notifications/settings/").content.decode()
    kinds = [kind for kind in NotificationKind.values if kind != "void"]
    sent = {f"app-{kind}": "on" for kind in kinds} | {"mail-void": "on", "language": "zh-hans"}
    reader.post("/notifications/settings/", sent)
    rita = User.objects.get(username="rita")
    wanted = {kind: Wish(in_app=True, by_mail=False) for kind in kinds} | {"void": Wish(in_app=False, by_mail=True)}
    assert (preferences_of(rita), mail_language(rita)) == (wanted, "zh-hans")


def test_the_list_costs_the_same_queries_for_one_and_fifty(
    reader: Client, proposal: Proposal, django_assert_max_num_queries: Any
) -> None:
    tell(proposal)
    with django_assert_max_num_queries(8):
        reader.get("/notifications/")
    tell(proposal, 40)
    with django_assert_max_num_queries(8):
        assert reader.get("/notifications/").content.decode().count("is-unread") == 41
