"""Keeping in this process what was counted lately, as much of it as there is room for."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Counted]):
    value: Counted
    weight: int


class Lately(Generic[Counted]):
    """Values by name, of `most` weight in all: what was asked for least recently goes first, the newest never."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[str, _Kept[Counted]] = OrderedDict()

    def find(self, name: str) -> Counted | None:
        """What is kept under a name."""
        with self._lock:
            if name not in self._kept:
                return None
            self._kept.move_to_end(name)
            return self._kept[name].value

    def put(self, name: str, value: Counted, weight: int) -> None:
        """Keep a value."""
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = _Kept(value, weight)
            while len(self._kept) > 1 and sum(one.weight for one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
