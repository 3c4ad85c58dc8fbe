"""The pages of endpoints, and that a token is on none of them, in no log, no audit event and no dump."""

import io
import logging
import sys
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views.debug import ExceptionReporter

from inference.models import ModelEndpoint
from inference.services.endpoints import try_endpoint
from rules.models import AuditEvent
from tests.factories import make_user
from tests.inference.test_endpoints import HIGHLY, MAY, TOKEN, added
from tests.scripted_model.script import Always, Error, Reply

pytestmark = pytest.mark.django_db
FORM = {
    "name": "<b>local",
    "kind": "text",
    "address": "http://127.0.0.1:9/v1",
    "model": "scripted",
    "in_flight": "8",
    "timeout": "5",
    "price_read": "1.5",
    "price_written": "2",
    "secret": TOKEN,
}


@pytest.fixture
def lead() -> User:
    return make_user(*MAY)


@pytest.fixture
def visitor(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(f"inference:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_is_reached_from_the_models_and_says_what_to_do(visitor: Client) -> None:
    assert reverse("inference:endpoints") in page(visitor, "configurations")
    assert reverse("inference:new_endpoint") in page(visitor, "endpoints")
    assert "No endpoint was retired" in page(visitor, "endpoints", retired="1")


def test_who_may_not_add_sees_no_form(client: Client, lead: User) -> None:
    endpoint = added(lead)
    client.force_login(make_user())

    assert "A lead can add" not in page(client, "endpoints")
    for name, args in (("new_endpoint", []), ("change_endpoint", [endpoint.pk])):
        assert client.get(reverse(f"inference:{name}", args=args)).status_code == 403
    for name in ("test_endpoint", "retire_endpoint"):
        assert client.post(reverse(f"inference:{name}", args=[endpoint.pk])).status_code == 403
        assert f"inference:{name}" not in page(client, "endpoint", endpoint.pk)


def test_the_pages_lead_from_adding_to_a_test_and_retiring(visitor: Client, scripted_model) -> None:
    server = scripted_model(HIGHLY, token=TOKEN)
    made = visitor.post(reverse("inference:new_endpoint"), FORM | {"address": server.address})
    endpoint = ModelEndpoint.objects.get()
    assert made["Location"] == reverse("inference:endpoint", args=[endpoint.pk])
    assert "Not tested yet" in page(visitor, "endpoint", endpoint.pk)

    visitor.post(reverse("inference:test_endpoint", args=[endpoint.pk]))
    shown = page(visitor, "endpoint", endpoint.pk)
    assert [word in shown for word in ("works", "scripted", "&quot;highly&quot;", " ms", "<b>local")] == [True] * 4 + [
        False
    ]
    assert "works" in page(visitor, "endpoints")

    visitor.post(reverse("inference:retire_endpoint", args=[endpoint.pk]))
    assert "local" not in page(visitor, "endpoints")
    assert "local" in page(visitor, "endpoints", retired="1")


def test_a_refused_form_says_why_and_holds_no_token(visitor: Client) -> None:
    refused = visitor.post(reverse("inference:new_endpoint"), FORM | {"address": "http://10.1.1.1/v1"})
    shown = refused.content.decode()

    assert (refused.status_code, "does not allow 10.1.1.1:80" in shown, TOKEN in shown) == (422, True, False)


def test_a_change_leaves_the_token_where_none_is_typed(visitor: Client, lead: User) -> None:
    visitor.post(reverse("inference:new_endpoint"), FORM)
    endpoint = ModelEndpoint.objects.get()
    sealed = endpoint.sealed

    visitor.post(reverse("inference:change_endpoint", args=[endpoint.pk]), FORM | {"secret": "", "model": "other"})
    endpoint.refresh_from_db()
    assert (endpoint.model, endpoint.sealed) == ("other", sealed)
    visitor.post(reverse("inference:change_endpoint", args=[endpoint.pk]), FORM | {"secret": "", "forget": "on"})
    endpoint.refresh_from_db()
    assert endpoint.sealed == ""


def test_the_token_is_nowhere(visitor: Client, scripted_model, caplog, capsys) -> None:
    caplog.set_level(logging.DEBUG)
    script = Always(Error(500, f"your header was Bearer {TOKEN}"))
    server = scripted_model(script, token=TOKEN)
    visitor.post(reverse("inference:new_endpoint"), FORM | {"address": server.address})
    endpoint = ModelEndpoint.objects.get()
    change = reverse("inference:change_endpoint", args=[endpoint.pk])
    for answers in (script, Always(Reply(f"I was told {TOKEN}"))):
        server.model.script = answers
        visitor.post(reverse("inference:test_endpoint", args=[endpoint.pk]))
    visitor.post(change, FORM | {"name": "renamed", "address": server.address})
    shown = [page(visitor, name, *args) for name, args in (("endpoints", []), ("endpoint", [endpoint.pk]))]
    shown += [visitor.get(change).content.decode(), visitor.post(change, FORM | {"name": ""}).content.decode()]
    shown.append(visitor.get(reverse("rules:audit")).content.decode())
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    told = [str(event.data) for event in AuditEvent.objects.all()]

    assert server.calls == 2
    assert len(told) == 4
    for text in (*shown, *told, caplog.text, *capsys.readouterr(), dump.getvalue(), repr(vars(endpoint))):
        assert TOKEN not in text


def test_an_error_while_it_is_stored_shows_no_token(visitor: Client, caplog) -> None:
    reports: list[str] = []

    def report(request: HttpRequest, **kwargs: object) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.extend((reporter.get_traceback_text(), reporter.get_traceback_html()))

    def broken(execute: Callable[..., object], sql: str, *args: object) -> object:
        if sql.startswith("INSERT") and "modelendpoint" in sql:
            raise DatabaseError("disk full")
        return execute(sql, *args)

    visitor.raise_request_exception = False
    got_request_exception.connect(report)
    with connection.execute_wrapper(broken):
        answer = visitor.post(reverse("inference:new_endpoint"), FORM)
    got_request_exception.disconnect(report)

    assert (answer.status_code, len(reports), "disk full" in reports[0]) == (500, 2, True)
    for text in (*reports, caplog.text, answer.content.decode()):
        assert TOKEN not in text


def test_what_a_server_says_is_shown_as_text(visitor: Client, lead: User, scripted_model) -> None:
    hostile = "<script>alert(1)</script>"
    server = scripted_model(Always(Reply(hostile)), models=("scripted", hostile))
    endpoint = added(lead, address=server.address)
    try_endpoint(by=lead, endpoint=endpoint)

    shown = page(visitor, "endpoint", endpoint.pk)

    assert (shown.count("&lt;script&gt;alert(1)"), hostile in shown) == (2, False)


def test_a_list_costs_the_same_for_few_and_many(visitor: Client, lead: User, scripted_model) -> None:
    server = scripted_model(HIGHLY)
    costs = []
    for number in range(2):
        for place in range(1 + 4 * number):
            endpoint = added(lead, name=f"{number} {place}", address=server.address)
            try_endpoint(by=lead, endpoint=endpoint)
        addresses = (reverse("inference:endpoints"), reverse("inference:endpoint", args=[endpoint.pk]))
        with CaptureQueriesContext(connection) as captured:
            for address in addresses:
                visitor.get(address)
        costs.append(len(captured))

    assert costs[0] == costs[1]
