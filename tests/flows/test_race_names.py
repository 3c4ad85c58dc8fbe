"""Two people who give the same name at once: the first has it, the other is told."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from inference.enums import EndpointKind
from inference.pipeline.parameters import Parameters
from inference.services.configurations import create_configuration
from inference.services.endpoints import EndpointSettings, add_endpoint
from tests.flows.places import Place
from tests.flows.test_race import AT_ONCE, at_once

pytestmark = pytest.mark.slow


def race() -> None:
    """Let people meet, and print what came of it. Called in a process of its own."""
    lead = User.objects.create_superuser("lead")
    said = EndpointSettings("one", EndpointKind.TEXT, "http://127.0.0.1:8001/v1", "m")

    def configure() -> str:
        return create_configuration(by=lead, name="one", parameters=Parameters()).name

    def add() -> str:
        try:
            return add_endpoint(by=lead, said=said).name
        except ValidationError as refusal:
            return f"{', '.join(refusal.message_dict)} refused"

    came = [Counter(at_once(*[job] * AT_ONCE)) for job in (configure, add)]
    sys.stdout.write(json.dumps(came))


def test_a_name_is_given_once_and_the_others_are_told(tmp_path: Path) -> None:
    came = json.loads(Place(tmp_path, MODEL_HOSTS="127.0.0.1:8001").call(__name__, "race"))
    others = AT_ONCE - 1
    assert came == [{"one": 1, "taken": others}, {"one": 1, "name refused": others}]
