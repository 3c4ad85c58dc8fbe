"""Every event of the audit trail says where it came from."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client, RequestFactory

from arweb.environment import networks
from arweb.origins import address_of, carry_request, enter_task, leave_task, origin_of
from inference.tasks import learn
from manage import main
from rules.models import AuditEvent
from rules.origin import Channel, Origin, coming_from, current_origin
from rules.services.audit import record
from tests.factories import make_user


def last_origin() -> dict[str, str]:
    found: dict[str, str] = AuditEvent.objects.latest("sequence").data["origin"]
    return found


@pytest.mark.django_db
def test_what_a_page_writes_says_its_path_address_and_request(client: Client) -> None:
    client.force_login(make_user("rules.change_proposal"))
    response = client.post("/rules/new/", REMOTE_ADDR="10.1.2.3")
    assert last_origin() == {
        "channel": "page",
        "name": "POST /rules/new/",
        "address": "10.1.2.3",
        "request": response["X-Request-ID"],
    }
    assert current_origin() is None


def test_the_api_is_a_channel_of_its_own() -> None:
    assert origin_of(RequestFactory().post("/api/proposals/")).channel == Channel.API


@pytest.mark.django_db
@pytest.mark.django_db(transaction=True)  # a command closes its connections
def test_what_a_command_writes_says_its_name_and_who_ran_it_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "wei")
    monkeypatch.setattr("socket.gethostname", lambda: "desk")
    file = tmp_path / "products.csv"
    file.write_text("product_id,title\n1,板蓝根颗粒10g\n", "utf-8")
    main(["manage.py", "import_products", str(file)])
    told = last_origin()
    assert (told["channel"], told["name"], told["address"]) == ("command", "import_products", "wei@desk")


def test_a_task_carries_the_id_of_the_request_that_left_it_behind() -> None:
    headers: dict[str, str] = {}
    with coming_from(Origin(Channel.PAGE, "POST /runs/", request="abc")):
        carry_request(headers=headers)
    learn.push_request(id="1", **headers)
    enter_task(task_id="1", task=learn)
    inside = current_origin()
    leave_task(task_id="1")
    learn.pop_request()
    assert (inside, current_origin()) == (Origin(Channel.TASK, "inference.learn", request="abc"), None)


@pytest.mark.django_db
def test_where_nobody_says_where_a_write_comes_from_nothing_is_kept() -> None:
    with transaction.atomic():
        assert record(by=None, verb="thing.done", subject="thing:1", data={"n": 1}).data == {"n": 1}


@pytest.mark.django_db
def test_the_origin_is_under_the_digest_and_its_key_is_nobody_elses() -> None:
    with transaction.atomic(), coming_from(Origin(Channel.COMMAND, "learn")):
        event = record(by=None, verb="thing.done", subject="thing:1")
        with pytest.raises(ValueError, match="origin"):
            record(by=None, verb="thing.done", subject="thing:1", data={"origin": "mine"})
    event.data["origin"]["name"] = "forged"
    assert event.digest != event.expected_digest()


@pytest.mark.parametrize(
    ("socket", "forwarded", "found"),
    [
        ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.7", "1.1.1.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, nonsense, 10.0.0.7", "10.0.0.7"),
    ],
)
def test_only_trusted_proxies_are_believed(settings: Any, socket: str, forwarded: str, found: str) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8"]
    request = RequestFactory().get("/", REMOTE_ADDR=socket, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == found


def test_a_proxy_that_is_no_address_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "localhost")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        networks("TRUSTED_PROXIES")
