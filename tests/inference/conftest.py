"""Fixtures of these tests."""

from collections.abc import Iterator

import pytest

from tests.scripted_model.fixture import scripted_model
from tests.scripted_search import Searx, Told

__all__ = ["scripted_model"]


@pytest.fixture
def searx(told: Told, settings) -> Iterator[Searx]:
    """A search service that says what is `told`, and is the one that settings name."""
    with Searx(told) as running:
        settings.OUTSIDE_SEARCH = running.address
        yield running
