"""Judging the lines of a file on several processes: answers in the order of the lines, in constant memory."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from inference.engines.lines import LONGEST_LINE, Answer, judge_line
from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.chain import Chain
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule

BATCH = 200
AHEAD = 4
"""Batches under way for each process: enough to keep it busy, few enough to hold little in memory."""

Numbered = tuple[int, str | None]
_chain: list[Chain] = []


class NotUtf8(Exception):
    """A line of the file is not UTF-8."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def read_lines(file: BinaryIO) -> Iterator[Numbered]:
    """Every line that is not blank, with its number; None for one that is too long. Raises NotUtf8."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
            yield number, None
            continue
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise NotUtf8(number) from None
        if text.strip():
            yield number, text


def judge_lines(
    lines: Iterable[Numbered], rules: Sequence[EngineRule], *, processes: int, needs_level: bool = False
) -> Iterator[Answer]:
    """An answer a line, in order. One process judges here; more are started afresh, which works on every system."""
    source = iter(lines)
    batches = iter(lambda: list(islice(source, BATCH)), [])
    if processes <= 1:
        prepare(rules)
        for batch in batches:
            yield from judge_batch(batch, needs_level)
        return
    with multiprocessing.get_context("spawn").Pool(processes, prepare, (tuple(rules),)) as pool:
        waiting: deque[multiprocessing.pool.AsyncResult[list[Answer]]] = deque()
        for batch in batches:
            waiting.append(pool.apply_async(judge_batch, (batch, needs_level)))
            if len(waiting) >= AHEAD * processes:
                yield from waiting.popleft().get()
        while waiting:
            yield from waiting.popleft().get()


def prepare(rules: Sequence[EngineRule]) -> None:
    """Build the chain that this process judges with."""
    _chain[:] = [Chain(load_lexicon(), RuleIndex(rules))]


def judge_batch(batch: Sequence[Numbered], needs_level: bool) -> list[Answer]:
    """The answers to some lines, by the chain of this process."""
    return [judge_line(_chain[0], number, line, needs_level=needs_level) for number, line in batch]
