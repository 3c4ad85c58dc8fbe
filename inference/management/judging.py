"""What `judge` and `evaluate` share: their arguments, the rules to judge under, and the lines of the input."""

import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.core.management.base import CommandError
from django.db import connections

from inference.engines.lines import Answer
from inference.engines.parallel import Answers, NotUtf8, ProcessLost, judge_lines_by_each, read_lines
from inference.management.processes import JudgingChain
from inference.pipeline.parameters import Parameters
from inference.selectors.chains import has_tables
from rules.models import Release


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments both commands take."""
    parser.add_argument("input", type=Path, help="a file with one JSON object a line: query, title")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many processes judge")
    parser.add_argument("--release", type=int, help="number of the release whose rules apply; the one in force if none")


def refuse_unknown(number: int | None) -> None:
    """Raise CommandError for a release that does not exist."""
    if number is not None and not (has_tables() and Release.objects.filter(number=number).exists()):
        raise CommandError(f"There is no release {number}.")


@contextmanager
def answers(options: dict[str, object], *, needs_level: bool = False) -> Iterator[Iterator[Answer]]:
    """The answers to the lines of the input, in order. Raises CommandError for a file that can't be read."""
    with answers_by_each(options, (Parameters(),), needs_level=needs_level) as found:
        yield (answer for (answer,) in found)


@contextmanager
def answers_by_each(
    options: dict[str, object], parameters: Sequence[Parameters], *, needs_level: bool = False
) -> Iterator[Iterator[Answers]]:
    """The answers of one chain for each of `parameters` to the lines of the input."""
    path, processes, number = options["input"], options["processes"], options["release"]
    assert isinstance(path, Path) and isinstance(processes, int) and (number is None or isinstance(number, int))
    if processes < 1:
        raise CommandError("--processes must be at least 1.")
    refuse_unknown(number)
    connections.close_all()
    signal.signal(signal.SIGTERM, _stop)
    try:
        with path.open("rb") as file:
            builds = [JudgingChain(number, one) for one in parameters]
            yield judge_lines_by_each(read_lines(file), builds, processes=processes, needs_level=needs_level)
    except NotUtf8 as error:
        raise CommandError(f"{path}: line {error.number} is not UTF-8.") from error
    except KeyboardInterrupt as error:
        raise CommandError("Stopped.", returncode=130) from error
    except ProcessLost as error:
        raise CommandError("A process that judged was killed; with fewer --processes less memory is needed.") from error
    except OSError as error:
        raise CommandError(f"{error.filename or path}: {error.strerror}.") from error


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End as on ctrl-c, with nothing half-written left behind."""
    raise SystemExit(128 + number)
