"""Annotators who label over HTTP as fast as answers come, each with a session, and the server that they ask."""

import json
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.utils import timezone

from annotation.models import Assignment, Benchmark
from tests.browser.conftest import free_port

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "a" * 32
LEVELS = ("highly",) * 30 + ("moderately", "weakly", "irrelevant")
"""As often as they are given: the hidden gold is highly relevant, and nobody is to be paused."""
SENT_TWICE, DOUBLED, LATE, APART = 0.05, 0.03, 0.02, 0.25
"""Shares of labels: sent again, answered again with another level, sent after their lease, not in one call."""
PATIENCE = 60


@dataclass
class Came:
    """What the annotators saw: milliseconds of each kind of call, outcomes, and the labels said to be stored."""

    nexts: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    stored: dict[str, str] = field(default_factory=dict)
    errors: int = 0
    seconds: float = 0.0


class Server:
    """The application as it is served, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.env = {**os.environ, "VAR_DIR": str(folder), "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=20)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        self.process = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                HTTPConnection("127.0.0.1", self.port, timeout=5).request("GET", "/accounts/login/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the server did not answer")

    def processor(self) -> float:
        """Seconds of processor that the server spent so far."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that the server holds."""
        assert self.process is not None
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


class Annotator:
    """One person at work."""

    def __init__(self, port: int, person: User, slug: str, came: Came, *, page: bool) -> None:
        self.port, self.slug, self.came, self.page = port, slug, came, page
        self.chance = random.Random(person.pk)
        self.hand: list[int] = []
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Cookie": f"sessionid={session_of(person)}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded" if page else "application/json",
        }

    def work(self, more: Callable[[], bool], *, late: bool) -> None:
        """Label until there is enough, or nothing left."""
        held = self.next()
        while held is not None and more():
            if self.chance.random() < (LATE * 5 if late else LATE):
                expire(held)
                time.sleep(0.2 if late else 0)
            held = self.label(held) if self.chance.random() > APART else self.label_apart(held)
        self.connection.close()

    def label(self, held: int) -> int | None:
        """Send a label and take the next pair in one call, now and then twice."""
        level, name = self.chance.choice(LEVELS), self.name()
        said = self.timed(self.came.both, lambda: self.send(held, level, name, wants_next=True))
        if self.chance.random() < SENT_TWICE:
            self.send(held, level, name, wants_next=False)
        if self.chance.random() < DOUBLED:
            self.send(held, self.chance.choice(LEVELS), self.name(), wants_next=False)
        return self.following(said)

    def label_apart(self, held: int) -> int | None:
        """Send a label, then take the next pair."""
        level, name = self.chance.choice(LEVELS), self.name()
        self.timed(self.came.submits, lambda: self.send(held, level, name, wants_next=False))
        return self.next()

    def next(self) -> int | None:
        """The next pair."""
        base = f"/benchmarks/{self.slug}/label/next/"
        path = base if self.page else f"/api/v1{base}"
        said = self.timed(self.came.nexts, lambda: self.post(path, self.has() if self.page else {}))
        return self.following({"next": said} if said and not self.page else said)

    def send(self, held: int, level: str, name: str, *, wants_next: bool) -> dict | None:
        """Send a label; remember what was said of it."""
        said = {"level": level, "submission": name}
        if self.page:
            answer = self.post(f"/benchmarks/{self.slug}/label/{held}/", said | self.has())
        else:
            answer = self.post(f"/api/v1/assignments/{held}/label/", said | {"next": wants_next})
        outcome = str(answer["outcome"]) if answer else "error"
        self.came.outcomes.append(outcome)
        if outcome == "stored":
            self.came.stored[name] = level
        return answer

    def has(self) -> dict[str, str]:
        """What the page has in hand, so that it is not sent again."""
        return {"have": ",".join(map(str, self.hand))}

    def following(self, said: dict | None) -> int | None:
        """The pair that came with an answer."""
        if not said:
            return None
        if self.page:  # which has further pairs in hand already
            self.hand += [pair["assignment"] for pair in said.get("pairs", [])]
            return self.hand.pop(0) if self.hand else None
        return said["next"]["assignment"] if said.get("next") else None

    def post(self, path: str, said: dict) -> dict | None:
        """One call; None where nothing comes back."""
        body = urlencode(said) if self.page else json.dumps(said)
        self.connection.request("POST", path, body, self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in (200, 204):
            self.came.errors += 1
            print(f"  {response.status} {path}: {content[:200]!r}")
            return None
        return json.loads(content) if content else None

    def timed(self, into: list[float], call: Callable[[], dict | None]) -> dict | None:
        """What `call` returns; its milliseconds are kept."""
        started = time.perf_counter()
        said = call()
        into.append(1000 * (time.perf_counter() - started))
        return said

    def name(self) -> str:
        """The name of a new answer."""
        return str(UUID(int=self.chance.getrandbits(64) | time.time_ns() << 64))


def at_work(
    server: Server, benchmark: Benchmark, people: list[User], *, labels: int, page: bool, late: bool = False
) -> Came:
    """Let people label at once, until so many labels are sent or nothing is left."""
    came = Came()
    workers = [Annotator(server.port, person, benchmark.slug, came, page=page) for person in people]

    def run(worker: Annotator) -> None:
        try:
            worker.work(lambda: len(came.outcomes) < labels, late=late)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(worker,)) for worker in workers]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    came.seconds = time.perf_counter() - started
    return came


def session_of(person: User) -> str:
    """A session of somebody who signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def expire(assignment: int) -> None:
    """Let a lease end now."""
    Assignment.objects.filter(pk=assignment).update(until=timezone.now() - timedelta(seconds=1))
