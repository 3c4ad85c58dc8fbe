"""A scripted model that fails by plan: for which pair and how is decided by the number in its title."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.scripted_model.script import Answer, Call, Error, Hang, Raw, Reply

NUMBER = re.compile(r"货号(\d+)")
LEVELS = ("highly", "moderately", "weakly", "irrelevant")
LATER = {"Retry-After": "3600"}
"""More than any client waits."""


class Planned(StrEnum):
    """A fault, with the kind of failure that it is where it lasts."""

    BUSY = "model_busy"
    SERVER = "model_server"
    EMPTY = "reply_empty"
    CUT = "reply_cut"
    PROSE = "reply_not_json"
    ENUM = "reply_not_answer"
    TIMED_OUT = "model_timed_out"
    GARBLED = "model_garbled"


QUICK = (Planned.BUSY, Planned.SERVER, Planned.EMPTY, Planned.CUT, Planned.PROSE, Planned.ENUM)
"""The faults that are given up at once where they last; a client tries the others again for a quarter of a minute."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Three pairs of ten meet a fault: once where it passes, and whenever they are asked about where it lasts."""

    lasting: bool = False
    kinds: tuple[Planned, ...] = tuple(Planned)

    def __call__(self, call: Call) -> Answer:
        found = NUMBER.search(call.prompt)
        assert found is not None
        number = int(found[1])
        fault = self.fault(number)
        if fault is None or not (self.lasting or self._first(call)):
            return Reply(answer_on(number))
        return self._failing(fault, number)

    def fault(self, number: int) -> Planned | None:
        """What goes wrong with the pair of that number, if anything does."""
        return self.kinds[(number // 10 * 3 + number % 10) % len(self.kinds)] if number % 10 < 3 else None

    def failures(self, numbers: Iterable[int]) -> Counter[str]:
        """How the judgments of these pairs must end, by kind; those that do not fail under the empty text."""
        return Counter(fault.value if self.lasting and fault else "" for fault in map(self.fault, numbers))

    def calls(self, numbers: Iterable[int]) -> int:
        """How often a client asks about these pairs at least: once, and once more after a fault that is worth it."""
        return sum(1 + self._again(self.fault(number)) for number in numbers)

    def _again(self, fault: Planned | None) -> bool:
        if fault is None:
            return False
        if not self.lasting:
            return fault is not Planned.PROSE
        return fault not in (Planned.BUSY, Planned.SERVER)

    def _first(self, call: Call) -> bool:
        """Whether the pair is asked about for the first time: not tried again, nor asked to mend a reply."""
        return call.seen == 1 and len(call.body["messages"]) == 2

    def _failing(self, fault: Planned, number: int) -> Answer:
        later = LATER if self.lasting else {"Retry-After": "0.01"}
        match fault:
            case Planned.BUSY:
                return Error(429, headers=later)
            case Planned.SERVER:
                return Error(500, headers=later)
            case Planned.TIMED_OUT:
                return Hang()
            case Planned.GARBLED:
                return Raw(b'{"choices": [{"mess')
            case Planned.EMPTY:
                return Reply(" ")
            case Planned.CUT:
                return Reply('{"mismatched": [], "level": "hi', "length")
            case Planned.ENUM:
                return Reply(answer_on(number).replace(level_of(number), "excellent"))
        said = "it is " + level_of(number) if self.lasting else answer_on(number)
        return Reply(f"Sure! I think that {said}. I hope this helps {{you}}.")


def level_of(number: int) -> str:
    """The level that the pair of that number gets, whatever goes wrong on the way."""
    return LEVELS[number % 4]


def answer_on(number: int) -> str:
    """The reply that the pair of that number gets in the end."""
    return json.dumps({"mismatched": [], "rules": [], "level": level_of(number), "reason": f"pair {number}"})


def rows(count: int) -> Iterator[tuple[str, str, str]]:
    """That many pairs, each with its number in its title, and the level it gets for its label."""
    for number in range(count):
        yield "布洛芬", f"[芬必得]布洛芬缓释胶囊0.3g*20粒 货号{number:05}", level_of(number)
