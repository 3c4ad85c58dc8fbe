"""What the log says of requests that are refused or break."""

import logging
import sys

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.mark.django_db
def test_a_refused_request_is_a_line_without_a_traceback(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.force_login(User.objects.create_user("reader"))
    assert client.post("/rules/new/").status_code == 403
    told = [(one.levelname, one.getMessage(), one.exc_info) for one in caplog.records if one.name == "django.request"]
    assert told == [("WARNING", "Forbidden (Permission denied): /rules/new/", None)]


def test_an_error_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError
    except ValueError:
        logging.getLogger("django.request").error("broke", exc_info=sys.exc_info())
    assert [one.exc_info is None for one in caplog.records] == [False]
