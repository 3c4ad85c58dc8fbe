"""A circuit breaker: a server that keeps failing is left alone for a while, then tried with one request."""

import asyncio
import time
from enum import Enum


class Turn(Enum):
    """What a circuit says to one who wants to send: go, go alone to try the server, or the server has been away too long."""

    SEND = "send"
    TRY = "try"
    AWAY = "away"


class Circuit:
    """Counts requests in a row that the server failed. At `trip` of them it opens: nothing passes for `rest` seconds, then one.

    That one closes it again, or opens it for as long once more. Whoever asks meanwhile waits, until the server has
    been away for `patience` seconds; from then on all but the one that tries are turned away at once.
    """

    def __init__(self, *, trip: int, rest: float, patience: float) -> None:
        self._trip, self._rest, self._patience = trip, rest, patience
        self._faults = 0
        self._opened: float | None = None
        self._until = 0.0
        self._trying = False
        self._changed = asyncio.Event()

    async def enter(self) -> Turn:
        """Wait for a turn. Whoever gets one to send or to try says how it went: `worked`, `failed` or `left`."""
        while self._opened is not None:
            now = time.monotonic()
            if now >= self._until and not self._trying:
                self._trying = True
                return Turn.TRY
            patient = self._opened + self._patience - now
            if patient <= 0:
                return Turn.AWAY
            await self._wait(patient if self._trying else min(patient, self._until - now))
        return Turn.SEND

    def worked(self) -> None:
        """The server answered."""
        self._faults = 0
        if self._opened is not None:
            self._opened, self._trying = None, False
            self._wake()

    def failed(self, turn: Turn) -> None:
        """The server did not answer as it should."""
        self._faults += 1
        if turn is Turn.TRY:
            self._until, self._trying = time.monotonic() + self._rest, False
            self._wake()
        elif self._opened is None and self._faults >= self._trip:
            self._opened = time.monotonic()
            self._until = self._opened + self._rest

    def left(self, turn: Turn) -> None:
        """The turn ended without an outcome, as when it is cancelled: another one may try."""
        if turn is Turn.TRY:
            self._trying = False
            self._wake()

    async def _wait(self, seconds: float) -> None:
        changed = self._changed
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
