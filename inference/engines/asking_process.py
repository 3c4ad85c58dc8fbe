"""Asking a served model from a process of its own, so that whoever prepares and stores has a core to itself.

    with AskingApart(endpoint) as asking

does what `Asking` does, and pays off from some thousand requests on: the process takes a moment to start. It reads
requests from a socket that only the two hold, and ends with whoever started it.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from inference.engines.asking import Answered, Asked, Heard, heard_of
from inference.engines.clients import client_of
from inference.engines.protocol import ChatRequest, Endpoint

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 5.0
"""Seconds that the process has to end once it is left."""
Numbered = tuple[int, ChatRequest]
Outcomes = list[tuple[int, Heard]]


class AskingLostError(Exception):
    """The process that asked has ended; what was under way has no answer."""


class AskingApart:
    """As `Asking`, in another process. Raises AskingLostError when that one is killed."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._tags: dict[int, Any] = {}
        self._numbers = count()
        self._done: deque[Answered] = deque()

    @property
    def under_way(self) -> int:
        """Requests whose outcome was not taken yet."""
        return len(self._tags) + len(self._done)

    def __enter__(self) -> Self:
        here, there = socket.socketpair()
        with there:
            command = (sys.executable, "-m", "inference.engines.asking_process", str(there.fileno()))
            self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])
        self._pipe = Connection(here.detach())
        self._pipe.send(self.endpoint)  # with its token, which no command line shows
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pipe.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, asked: Sequence[Asked]) -> None:
        """Send requests; the outcome of each comes back with its tag."""
        numbered: list[Numbered] = [(next(self._numbers), request) for _tag, request in asked]
        self._tags |= {number: tag for (number, _request), (tag, _same) in zip(numbered, asked, strict=True)}
        try:
            self._pipe.send(numbered)
        except OSError as error:
            raise AskingLostError from error

    def answered(self, timeout: float | None = None) -> Answered | None:
        """The next outcome with its tag, waited for; None if none came in `timeout` seconds. Something must be under way."""
        if not self._done and self._pipe.poll(timeout):
            self._receive()
        return self._done.popleft() if self._done else None

    @property
    def has_answers(self) -> bool:
        """Whether an outcome is there without waiting."""
        return bool(self._done) or self._pipe.poll()

    def _receive(self) -> None:
        try:
            outcomes: Outcomes = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise AskingLostError from error
        self._done += [(self._tags.pop(number), outcome) for number, outcome in outcomes]


class Answering:
    """What the process does: a thread reads requests, a loop sends them, and outcomes go back in groups."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._endpoint: Endpoint = pipe.recv()
        self._client = client_of(self._endpoint)
        self._outcomes: Outcomes = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Answer until the process is ended."""
        self._loop = asyncio.get_running_loop()
        async with self._client:
            threading.Thread(target=self._listen, daemon=True).start()
            await asyncio.Event().wait()

    def _listen(self) -> None:
        """Take requests in. When nobody holds the other end any more the process ends at once, and so do its calls."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._loop.call_soon_threadsafe(self._begin, self._pipe.recv())
        os._exit(0)

    def _begin(self, numbered: Sequence[Numbered]) -> None:
        for number, request in numbered:
            task = self._loop.create_task(self._ask(number, request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, number: int, request: ChatRequest) -> None:
        heard = await heard_of(self._client, request)
        if not self._outcomes:
            self._loop.call_soon(self._send)
        self._outcomes.append((number, heard))

    def _send(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        with contextlib.suppress(OSError):  # nobody listens any more: the thread that listens ends the process
            self._pipe.send(outcomes)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a ctrl-c is for the one that asks
    asyncio.run(Answering(Connection(int(sys.argv[1]))).serve())
