"""Calls to a model server over HTTP: bounded in flight, tried again after passing faults, never raising for the server."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Generic, Self, TypeVar

import aiohttp

from inference.engines.circuit import Circuit, Turn
from inference.engines.protocol import PASSING, ChatFailure, Endpoint, FailureKind, Usage
from inference.engines.wire import LONGEST_DETAIL, failure_of, storable, wait_of

KEPT_ALIVE = 4.0
"""Seconds a connection may lie idle: fewer than servers allow (vLLM 5), or it would be lost just as it is used again."""
UNWELL = PASSING - {FailureKind.BUSY, FailureKind.RESTING}
"""The faults of a server that is not well; one that says it is busy is."""

Read = TypeVar("Read")
Reader = Callable[[bytes], Read | ChatFailure]


@dataclass(frozen=True, slots=True)
class Answered(Generic[Read]):
    """What was read of an answer, how long the attempt that gave it took, and the how manieth it was."""

    read: Read
    milliseconds: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Read]):
    """How one attempt ended, after how long, and how many seconds the server asked to wait."""

    outcome: Read | ChatFailure
    milliseconds: float = 0.0
    wait: float | None = None


class Caller:
    """One warm session with a server. An async context manager; used by one event loop."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.usage = Usage()
        self._endpoint = endpoint
        self._slots = asyncio.Semaphore(endpoint.in_flight)
        self._circuit = Circuit(trip=endpoint.trip, rest=endpoint.rest, patience=endpoint.patience)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = _session(self._endpoint)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, path: str, body: bytes | None, read: Reader[Read]) -> Answered[Read] | ChatFailure:
        """What `read` makes of the answer to `body` posted to `path`; without a body it is fetched.

        Cancelling it closes its connection, so that the server need not finish the answer.
        """
        self.usage.requests += 1
        failure = ChatFailure(FailureKind.RESTING, attempts=0)
        for number in range(1, self._endpoint.attempts + 1):
            attempt = await self._in_turn(path, body, read, number)
            if attempt is None:
                break
            if not isinstance(attempt.outcome, ChatFailure):
                return Answered(attempt.outcome, attempt.milliseconds, number)
            failure = replace(attempt.outcome, milliseconds=attempt.milliseconds, attempts=number)
            pause = self._pause(number, attempt.wait)
            if not failure.kind.passing or number == self._endpoint.attempts or pause > self._endpoint.patience:
                break
            await asyncio.sleep(pause)
        return self._hidden(failure)

    def hide(self, text: str) -> str:
        """The text without the endpoint's token, should a server have repeated it."""
        token = self._endpoint.token.reveal()
        return text.replace(token, "…") if token else text

    def _silenced(self, answer: bytes) -> bytes:
        """The answer without the token, as it is or as JSON may write it, before any of it is cut to length."""
        token = self._endpoint.token.reveal()
        for written in {token, token.replace("/", "\\/")} - {""}:
            answer = answer.replace(written.encode(), "…".encode())
        return answer

    def _hidden(self, failure: ChatFailure) -> ChatFailure:
        return replace(failure, detail=self.hide(failure.detail), raw=self.hide(failure.raw))

    async def _in_turn(self, path: str, body: bytes | None, read: Reader[Read], number: int) -> Attempt[Read] | None:
        """An attempt, when there is room and the circuit lets it through; None where the server has been away too long."""
        async with self._slots:
            turn = await self._circuit.enter()
            if turn is Turn.AWAY:
                self._count(FailureKind.RESTING)
                return None
            try:
                attempt = await self._attempt(path, body, read)
            except BaseException:
                self._circuit.left(turn)
                raise
        self._learn(turn, attempt.outcome, number)
        return attempt

    def _learn(self, turn: Turn, outcome: object, number: int) -> None:
        """Count an attempt. That a request which failed before fails again says little of the server."""
        self.usage.attempts += 1
        if isinstance(outcome, ChatFailure):
            self._count(outcome.kind)
        if not isinstance(outcome, ChatFailure) or outcome.kind not in UNWELL:
            self._circuit.worked()
        elif number == 1 or turn is Turn.TRY:
            self._circuit.failed(turn)

    def _count(self, kind: FailureKind) -> None:
        self.usage.faults[kind] = self.usage.faults.get(kind, 0) + 1

    async def _attempt(self, path: str, body: bytes | None, read: Reader[Read]) -> Attempt[Read]:
        started = time.perf_counter()
        attempt: Attempt[Read]
        try:
            attempt = await self._exchange(path, body, read)
        except TimeoutError:
            attempt = Attempt(ChatFailure(FailureKind.TIMED_OUT, f"nothing within {self._endpoint.timeout:g} s"))
        except (aiohttp.ClientError, OSError) as error:
            detail = storable(f"{type(error).__name__}: {error}")[:LONGEST_DETAIL]
            attempt = Attempt(ChatFailure(FailureKind.DROPPED, detail))
        return replace(attempt, milliseconds=(time.perf_counter() - started) * 1000)

    async def _exchange(self, path: str, body: bytes | None, read: Reader[Read]) -> Attempt[Read]:
        if self._session is None:
            raise RuntimeError("a client is used inside `async with`")
        url = f"{self._endpoint.address.rstrip('/')}{path}"
        method = "GET" if body is None else "POST"
        async with self._session.request(method, url, data=body, allow_redirects=False) as response:
            answer = await _whole(response, self._endpoint.largest)
            if answer is None:
                return Attempt(ChatFailure(FailureKind.GARBLED, f"longer than {self._endpoint.largest} bytes"))
            answer = self._silenced(answer)
            if response.status != 200:
                return Attempt(failure_of(response.status, answer), wait=wait_of(response.headers.get("Retry-After")))
            return Attempt(read(answer))

    def _pause(self, number: int, wait: float | None) -> float:
        """Seconds before the next attempt: what the server asked for, or ever longer; never all callers at once."""
        if wait is not None:
            return wait + random.uniform(0, self._endpoint.pause)  # noqa: S311
        longest: float = min(self._endpoint.longest_pause, self._endpoint.pause * 2 ** (number - 1))
        return longest * random.uniform(0.5, 1)  # noqa: S311


def _session(endpoint: Endpoint) -> aiohttp.ClientSession:
    """A session that keeps as many connections as calls may be under way, and no cookies."""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if endpoint.token:
        headers["Authorization"] = f"Bearer {endpoint.token.reveal()}"
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=endpoint.in_flight, keepalive_timeout=KEPT_ALIVE),
        timeout=aiohttp.ClientTimeout(total=endpoint.timeout, sock_connect=min(endpoint.timeout, 10.0)),
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def _whole(response: aiohttp.ClientResponse, largest: int) -> bytes | None:
    """The body of a response, None where it is too long."""
    pieces, length = [], 0
    async for piece in response.content.iter_any():
        length += len(piece)
        if length > largest:
            return None
        pieces.append(piece)
    return b"".join(pieces)
