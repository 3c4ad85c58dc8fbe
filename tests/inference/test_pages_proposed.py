"""The pages and the command by which a model is asked about unknown names and people decide on what it proposes."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Product
from inference.models import EntryVersion, NameInquiry, ProposedEntry
from inference.services.name_inquiries import ask_batch, begin_inquiry
from tests.factories import make_user, numbers
from tests.inference.model_stages import make_endpoint
from tests.scripted_model.script import Always, Reply

pytestmark = pytest.mark.django_db
FACTS = {"reason": "<b>一种药</b>", "known": True, "efficacy": ["咳嗽"], "kinds": [], "ingredients": []}
ANSWER = Always(Reply(json.dumps(FACTS, ensure_ascii=False)))
LIST = "/knowledge/proposed/"
NAMES = ("银草清咽", "芪蓉舒畅", "苓桂宁肺")


@pytest.fixture
def client() -> Client:
    expert: User = make_user("inference.correct_knowledge", username="expert")
    client = Client()
    client.force_login(expert)
    return client


def reader() -> Client:
    client = Client()
    client.force_login(make_user(username="reader"))
    return client


def make_products(*names: str) -> None:
    for name in names:
        Product.objects.create(
            external_id=f"q{next(numbers)}", title=f"[某某]{name}颗粒10g*6袋", given={"core_name": [f"{name}颗粒"]}
        )


def proposals(scripted_model: Callable[..., Any], *names: str) -> NameInquiry:
    make_products(*names)
    inquiry = begin_inquiry(by=None, endpoint=make_endpoint(scripted_model(ANSWER).address), most=10)
    ask_batch(inquiry_id=inquiry.pk)
    return inquiry


def test_the_page_says_what_is_unknown_and_what_to_do(client: Client) -> None:
    make_products(*NAMES)
    page = client.get(LIST).content.decode()
    assert all(name in page for name in NAMES)
    assert "There is no endpoint to ask." in page
    make_endpoint("http://127.0.0.1:9/v1", price_read=2)
    assert "tokens a name, costing" in client.get(LIST).content.decode()


def test_a_round_is_begun_from_the_page(client: Client, scripted_model: Callable[..., Any]) -> None:
    make_products(*NAMES)
    endpoint = make_endpoint(scripted_model(ANSWER).address)
    response = client.post(f"{LIST}ask/", {"endpoint": endpoint.pk, "most": 2})
    inquiry = NameInquiry.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{LIST}rounds/{inquiry.pk}/")
    assert (inquiry.total, inquiry.created_by.username if inquiry.created_by else "") == (2, "expert")


@pytest.mark.parametrize("most", ["0", "501", "x", ""])
def test_what_can_not_be_asked_is_said_on_the_page(client: Client, most: str) -> None:
    make_products(*NAMES)
    endpoint = make_endpoint("http://127.0.0.1:9/v1")
    response = client.post(f"{LIST}ask/", {"endpoint": endpoint.pk, "most": most})
    assert (response.status_code, NameInquiry.objects.count()) == (422, 0)


def test_a_round_shows_its_progress_and_can_be_stopped(client: Client, scripted_model: Callable[..., Any]) -> None:
    make_products(*NAMES)
    inquiry = begin_inquiry(by=None, endpoint=make_endpoint(scripted_model(ANSWER).address), most=10)
    address = f"{LIST}rounds/{inquiry.pk}/"
    assert "every 1s" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    client.post(f"{address}stop/")
    page = client.get(address).content.decode()
    assert "every 1s" not in page
    assert "0 of 3 names" in page


def test_a_proposal_is_accepted_on_the_page(client: Client, scripted_model: Callable[..., Any]) -> None:
    proposals(scripted_model, NAMES[0])
    page = client.get(LIST).content.decode()
    assert "&lt;b&gt;一种药&lt;/b&gt;" in page
    entry = ProposedEntry.objects.get()
    page = client.post(f"{LIST}{entry.pk}/accept/", {"page": "1"}, follow=True).content.decode()
    assert "is in use from now on" in page
    assert EntryVersion.objects.get().name == NAMES[0]
    assert "accepted" in client.get(f"{LIST}rounds/{entry.inquiry_id}/").content.decode()


def test_entries_that_wait_are_on_the_first_page_of_whoever_may_accept_them(
    client: Client, scripted_model: Callable[..., Any]
) -> None:
    proposals(scripted_model, *NAMES)
    assert "3 entries of the knowledge that a model proposes" in client.get("/").content.decode()
    assert "that a model proposes" not in reader().get("/").content.decode()


def test_a_proposal_is_declined_on_the_page(client: Client, scripted_model: Callable[..., Any]) -> None:
    proposals(scripted_model, NAMES[0])
    entry = ProposedEntry.objects.get()
    client.post(f"{LIST}{entry.pk}/decline/", {"note": "no such thing"})
    again = client.post(f"{LIST}{entry.pk}/accept/", follow=True).content.decode()
    assert "decided on this already" in again
    assert not EntryVersion.objects.exists()


def test_a_proposal_is_changed_before_it_is_accepted(client: Client, scripted_model: Callable[..., Any]) -> None:
    proposals(scripted_model, NAMES[0])
    entry = ProposedEntry.objects.get()
    address = f"{LIST}{entry.pk}/change/"
    page = client.get(address).content.decode()
    assert "咳嗽" in page and entry.source in page
    typed = {"efficacy": "咳嗽\n痰多", "source": "a leaflet", "note": "seen"}
    refused = client.post(address, {**typed, "efficacy": "长生不老"})
    assert (refused.status_code, EntryVersion.objects.count()) == (422, 0)
    client.post(address, typed)
    version = EntryVersion.objects.get()
    assert (version.content["efficacy"], version.source, version.note) == (["咳嗽", "痰多"], "a leaflet", "seen")
    assert ProposedEntry.objects.get().verdict.accepted


def test_who_may_not_correct_the_knowledge_only_reads(scripted_model: Callable[..., Any]) -> None:
    inquiry = proposals(scripted_model, NAMES[0])
    entry = ProposedEntry.objects.get()
    someone = reader()
    page = someone.get(LIST).content.decode()
    assert NAMES[0] in page and '<form method="post" action="/knowledge' not in page
    deeds = [
        f"{LIST}{entry.pk}/change/",
        f"{LIST}{entry.pk}/accept/",
        f"{LIST}{entry.pk}/decline/",
        f"{LIST}rounds/{inquiry.pk}/stop/",
        f"{LIST}ask/",
    ]
    assert [someone.post(deed).status_code for deed in deeds] == [403] * 5


@pytest.mark.parametrize("address", [LIST, LIST + "rounds/{pk}/"])
def test_many_proposals_cost_the_queries_of_one(
    client: Client, scripted_model: Callable[..., Any], address: str
) -> None:
    counts = []
    for names in (NAMES[:1], NAMES[1:]):
        inquiry = proposals(scripted_model, *names)
        client.get(address.format(pk=inquiry.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(address.format(pk=inquiry.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_command_tells_what_it_would_take_and_then_asks(scripted_model: Callable[..., Any]) -> None:
    make_products(*NAMES)
    server = scripted_model(ANSWER)
    endpoint = make_endpoint(server.address)
    out = StringIO()
    call_command("ask_about_names", endpoint.name, "--dry-run", "--most", "2", stdout=out)
    assert (server.calls, out.getvalue().splitlines()[-1].split(",")[0]) == (0, "2 names")
    out = StringIO()
    call_command("ask_about_names", endpoint.name, stdout=out)
    assert out.getvalue().splitlines()[0] == "3 of 3 names, 3 proposed"
    with pytest.raises(CommandError, match="no name"):
        call_command("ask_about_names", endpoint.name)
    with pytest.raises(CommandError, match="no endpoint"):
        call_command("ask_about_names", "nowhere")
