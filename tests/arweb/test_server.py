"""The port that is served, and what it takes."""

import socket

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from arweb.server import listen
from arweb.settings import number


def test_a_port_in_use_is_said_so_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} .* such as PORT={port + 1}"):
            listen("127.0.0.1", port)


def test_a_host_that_is_none_is_said_so() -> None:
    with pytest.raises(CommandError, match="can't be used"):
        listen("nowhere.invalid", 8000)


@pytest.mark.parametrize("port", ["0", "65536", "x", "9" * 5000, "²"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ImproperlyConfigured, match="from 1 to 65535"):
        number("PORT", 8000, least=1, most=65535)


def test_a_body_may_be_larger_than_an_upload_so_that_the_form_can_say_no() -> None:
    server = listen("127.0.0.1", 0)
    try:
        assert server.adj.max_request_body_size > settings.IMPORT_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    finally:
        server.close()
