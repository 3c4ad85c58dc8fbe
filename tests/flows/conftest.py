"""What the tests of flows share."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.places import Place


@pytest.fixture
def came(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """What came of the `race` of a module, which prints it, on a database of its own."""
    return dict(json.loads(Place(tmp_path).call(request.module.__name__, "race")))
