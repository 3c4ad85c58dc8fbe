"""How long one task asks a served model, and how many requests it hands over ahead."""

import time
from collections.abc import Callable
from math import ceil

from django.conf import settings

AHEAD = 6
"""Requests handed over at most for each that may be under way: the server has enough to do while a group is stored."""
AT_FIRST = 2
"""As many are, until it is known how quick the server is."""
AHEAD_SECONDS = 1.0
"""Seconds of the server's work that are handed over beside what is under way: all that can be must be waited for."""
LONGEST = 3
"""Times ASK_SECONDS that one task asks at most: a worker that does one thing at a time has no clock meanwhile."""
LOOKED_AT = 1.0
"""Seconds between two looks at who waits."""


def nobody() -> bool:
    """Nobody waits: the process is there for this alone."""
    return False


class Stretch:
    """The time of one task. It lasts ASK_SECONDS, and longer while nobody waits.

    It is told when something is asked and when an answer came: by that `room` keeps a quick server busy while answers
    are stored, and leaves a slow one no long line, which the worker would have to wait for at the end.
    """

    def __init__(self, in_flight: int, others_wait: Callable[[], bool]) -> None:
        self._heard, self._first = 0, 0.0
        self._in_flight, self._others_wait = in_flight, others_wait
        begun = time.monotonic()
        self._until = begun + settings.ASK_SECONDS
        self._longest = begun + LONGEST * settings.ASK_SECONDS

    def ask(self) -> None:
        """Something is asked."""
        self._first = self._first or time.monotonic()

    def hear(self) -> None:
        """An answer came."""
        self._heard += 1

    @property
    def over(self) -> bool:
        """Whether nothing new is begun any more."""
        now = time.monotonic()
        if self._until < now < self._longest and not self._others_wait():
            self._until = now + LOOKED_AT
        return now > self._until

    @property
    def room(self) -> int:
        """How many requests may be handed over at a time."""
        if self._heard < self._in_flight:
            return AT_FIRST * self._in_flight
        rate = self._heard / max(time.monotonic() - self._first, 0.001)
        return min(self._in_flight + ceil(rate * AHEAD_SECONDS), AHEAD * self._in_flight)
