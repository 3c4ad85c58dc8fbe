"""The fixture that starts scripted models and stops them after the test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.scripted_model.server import start


@pytest.fixture
def scripted_model() -> Iterator[Callable[..., Any]]:
    """`scripted_model(script, delay=...)` starts a server in a thread; see `start`."""
    running: list[Any] = []

    def begin(*args: Any, **options: Any) -> Any:
        running.append(start(*args, **options))
        return running[-1]

    yield begin
    for server in running:
        server.stop()
