"""Pairs with all that is known of them, the ones asked for lately kept in memory: several judges share one reading."""

import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import InterfaceError, OperationalError

from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.kept_reading import KeptReading
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import cases_of
from inference.selectors.readings import context_of

FAULT = "error"
"""The kind of failure that is a fault of the pipeline itself."""
LOST = (OperationalError, InterfaceError)
"""The database is gone or busy, which says nothing of any pair: whoever works tries again."""
BY_MODEL = "stage_"
"""How the kinds of failures at a stage that a model performs begin."""
MOST_KEPT = 6_000
"""Pairs kept: about 8 kB each."""


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A pair's case, and what a chain understood of it, or why it could not; the seconds that took, 0 where kept.

    `kept` is what is stored of the reading: None for a failure.
    """

    case: Case
    understood: Understanding | Failure
    seconds: float = 0.0
    kept: KeptReading | None = None


class Shelf:
    """What was understood lately. Emptied when full: whoever reads a whole set twice finds it, or has to read it again."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, str, str], Read] = {}

    def find(self, keys: Iterable[tuple[int, str, str]]) -> dict[int, Read]:
        """What is kept, by pair."""
        return {key[0]: found for key in keys if (found := self._read.get(key))}

    def put(self, key: tuple[int, str, str], read: Read) -> None:
        """Keep one."""
        if len(self._read) >= MOST_KEPT:
            self._read.clear()
        self._read[key] = read


SHELF = Shelf()


def read_pairs(
    pairs: Sequence[int], cases: Mapping[int, str], chain: Chain, anew: Collection[int] = ()
) -> dict[int, Read]:
    """Every pair as the chain reads it, some of them `anew`. `cases`: digests of their texts, taken before this call."""
    context = context_of(chain)
    found = SHELF.find((pair, cases[pair], context) for pair in pairs if pair not in anew)
    for pair, case in cases_of(pair for pair in pairs if pair not in found).items():
        found[pair] = _read(pair, case, chain)
        if holds(found[pair].understood):
            SHELF.put((pair, cases[pair], context), replace(found[pair], seconds=0.0))
    return found


def holds(understood: Understanding | Failure) -> bool:
    """Whether another time has nothing else to say: neither a fault, nor a model whose words were wanting."""
    return isinstance(understood, Understanding) or not (
        understood.kind == FAULT or understood.kind.startswith(BY_MODEL)
    )


def fault_of(error: Exception, said: str) -> Failure:
    """The failure of the one pair that the pipeline broke on, called where the error is caught; a lost database is
    raised again.
    """
    if isinstance(error, LOST):
        raise error
    logger.error(said, exc_info=error)
    return Failure(FAULT, type(error).__name__)


def _read(pair: int, case: Case, chain: Chain) -> Read:
    """A fault of the pipeline fails this pair and no other."""
    started = time.perf_counter()
    kept = None
    try:
        understood = chain.understand(case)
        if not isinstance(understood, Failure):
            kept = chain.keep(understood)
    except Exception as error:
        understood = fault_of(error, f"pair {pair} could not be understood")
    return Read(case, understood, time.perf_counter() - started, kept)
