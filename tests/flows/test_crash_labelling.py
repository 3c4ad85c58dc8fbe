"""Labels survive the server: killed while several people label, every acknowledged label is stored exactly once."""

import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.annotation.labelling import make_labelling
from tests.flows.places import Place

pytestmark = pytest.mark.slow

PEOPLE, PAIRS, KILLS, PATIENCE = 4, 300, 3, 60
TOKEN = "a" * 32


def build() -> None:
    """A queue, and people with sessions, which are printed. Called in a process of its own."""
    slug, sessions = make_labelling(PAIRS, overlap=2, gold={5: "highly"}, gold_share=0.05).benchmark.slug, []
    for number in range(PEOPLE):
        person, client = User.objects.create_user(f"annotator{number}"), Client()
        person.groups.add(Group.objects.get(name="annotator"))
        client.force_login(person)
        sessions.append(client.session.session_key)
    print(json.dumps({"slug": slug, "sessions": sessions}))  # noqa: T201


class Labelling(Place):
    """A queue, what is known of it, and which labels were acknowledged: their levels."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, API_RATE="1000000")
        self.known = json.loads(self.call(__name__, "build").splitlines()[-1])
        self.acknowledged: dict[str, str] = {}

    def begin(self) -> None:
        """Serve."""
        self.start("manage.py", "serve")


def label_until_done(place: Labelling, session: str) -> None:
    """Label to the end of the queue. A label that was not acknowledged is sent again, by the same name, until it is."""
    said: dict[str, Any] | None = None
    path = first = f"/api/v1/benchmarks/{place.known['slug']}/label/next/"
    while True:
        answer = insist(place, session, path, said or {})
        if said and answer:
            assert answer["outcome"] in {"stored", "again"}, answer
            place.acknowledged[said["submission"]] = said["level"]
        offer = answer["next"] if said and answer else answer
        if offer is None:
            return
        path = f"{first[: len('/api/v1/')]}assignments/{offer['assignment']}/label/"
        said = {"level": ["highly", "weakly"][offer["assignment"] % 2], "submission": str(uuid4()), "next": True}


def insist(place: Labelling, session: str, path: str, said: dict[str, Any]) -> dict[str, Any] | None:
    """What a call answers, sent again while the server is away."""
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/json",
    }
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection("127.0.0.1", place.port, timeout=20)
            connection.request("POST", path, json.dumps(said), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            time.sleep(0.05)
            continue
        assert response.status in (200, 204), content
        return json.loads(content) if content else None
    raise TimeoutError(path)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Labelling]:
    place = Labelling(tmp_path)
    yield place
    place.kill()


def test_labels_survive_a_server_that_is_killed_in_the_middle(place: Labelling) -> None:
    place.begin()
    workers = [threading.Thread(target=label_until_done, args=(place, session)) for session in place.known["sessions"]]
    for worker in workers:
        worker.start()
    for number in range(KILLS):
        deadline = time.monotonic() + PATIENCE
        while len(place.acknowledged) < PAIRS // 4 * (number + 1) and time.monotonic() < deadline:
            time.sleep(0.01)
        place.kill()
        place.begin()
    for worker in workers:
        worker.join()

    stored = place.ask("SELECT submission, level FROM annotation_label WHERE kind = 'person'")
    assert sorted((str(name).replace("-", ""), level) for name, level in stored) == sorted(
        (name.replace("-", ""), level) for name, level in place.acknowledged.items()
    )
    assert len(place.acknowledged) >= 2 * (PAIRS - 1)
    assert place.ask("SELECT count(*) FROM annotation_queuedpair WHERE gold = '' AND done <> overlap") == [(0,)]
    twice = "SELECT 1 FROM annotation_label WHERE kind = 'person' GROUP BY pair_id, created_by_id HAVING count(*) > 1"
    assert place.ask(twice) == []
    assert place.ask("SELECT count(*) FROM annotation_asidelabel") == [(0,)]
