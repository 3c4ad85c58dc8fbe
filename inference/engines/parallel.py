"""Judging the lines of a file on several processes: answers in the order of the lines, in constant memory."""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import BinaryIO

from inference.engines.lines import LONGEST_LINE, Answer, judge_line_by_each
from inference.pipeline.chain import Chain

BATCH = 200
AHEAD = 4
"""Batches under way for each process: enough to keep it busy, few enough to hold little in memory."""

Numbered = tuple[int, str | None]
Answers = tuple[Answer, ...]
Build = Callable[[], Chain]
_chains: list[Chain] = []


class NotUtf8(Exception):
    """A line of the file is not UTF-8."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class ProcessLost(Exception):
    """A process that judged was killed, as for want of memory."""


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
    lines: Iterable[Numbered], build: Build, *, processes: int, needs_level: bool = False
) -> Iterator[Answer]:
    """An answer a line, in order. One process judges here; more are started afresh, which works on every system.

    Every process has `build` make its chain; it must be something that can be pickled. Raises ProcessLost when one of them is killed.
    """
    for answers in judge_lines_by_each(lines, (build,), processes=processes, needs_level=needs_level):
        yield from answers


def judge_lines_by_each(
    lines: Iterable[Numbered], builds: Sequence[Build], *, processes: int, needs_level: bool = False
) -> Iterator[Answers]:
    """The answers of several chains to every line, in order; the rest is as in `judge_lines`."""
    source = iter(lines)
    batches = iter(lambda: list(islice(source, BATCH)), [])
    if processes <= 1:
        prepare(builds)
        for batch in batches:
            yield from judge_batch(batch, needs_level)
        return
    afresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, afresh, prepare_process, (builds,))
    try:
        yield from in_order(pool, batches, needs_level=needs_level, ahead=AHEAD * processes)
    except BrokenProcessPool as error:
        raise ProcessLost from error
    finally:
        pool.shutdown(cancel_futures=True)


def in_order(
    pool: ProcessPoolExecutor, batches: Iterable[list[Numbered]], *, needs_level: bool, ahead: int
) -> Iterator[Answers]:
    """The answers to the batches, with never more than `ahead` of them under way."""
    waiting: deque[Future[list[Answers]]] = deque()
    for batch in batches:
        waiting.append(pool.submit(judge_batch, batch, needs_level))
        if len(waiting) >= ahead:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def prepare_process(builds: Sequence[Build]) -> None:
    """What each process starts with. A ctrl-c is for the one that reads the file, and the others end with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    prepare(builds)


def end_with_parent() -> None:
    """Wait for the end of the process that started this one, however it comes, and end too."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def prepare(builds: Sequence[Build]) -> None:
    """Build the chains that this process judges with, whole: no pair waits for a part of one.

    What is built stays to the end, and the garbage collector need not look through it again and again.
    """
    _chains[:] = [build() for build in builds]
    for chain in _chains:
        chain.warm()
    gc.collect()
    gc.freeze()


def judge_batch(batch: Sequence[Numbered], needs_level: bool) -> list[Answers]:
    """The answers to some lines, by every chain of this process."""
    return [judge_line_by_each(_chains, number, line, needs_level=needs_level) for number, line in batch]
