"""What `judge` and `evaluate` share: their arguments, the rules to judge under, and the lines of the input."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError, connections

from inference.engines.lines import Answer
from inference.engines.parallel import NotUtf8, judge_lines, read_lines
from rules.engine.rule import EngineRule
from rules.models import Release
from rules.selectors import current_release, engine_rules


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments both commands take."""
    parser.add_argument("input", type=Path, help="a file with one JSON object a line: query, title")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many processes judge")
    parser.add_argument("--release", type=int, help="number of the release whose rules apply; the one in force if none")


def rules_for(number: int | None) -> tuple[EngineRule, ...]:
    """The rules of a release by number, or of the one in force; none before the first release."""
    try:
        release = current_release() if number is None else Release.objects.filter(number=number).first()
    except (OperationalError, ProgrammingError):
        release = None  # no database was set up: queries and titles are judged without rules
    if release is None and number is not None:
        raise CommandError(f"There is no release {number}.")
    return engine_rules(release) if release else ()


@contextmanager
def answers(options: dict[str, object], *, needs_level: bool = False) -> Iterator[Iterator[Answer]]:
    """The answers to the lines of the input, in order. Raises CommandError for a file that can't be read."""
    path, processes, number = options["input"], options["processes"], options["release"]
    assert isinstance(path, Path) and isinstance(processes, int) and (number is None or isinstance(number, int))
    if processes < 1:
        raise CommandError("--processes must be at least 1.")
    rules = rules_for(number)
    connections.close_all()
    try:
        with path.open("rb") as file:
            yield judge_lines(read_lines(file), rules, processes=processes, needs_level=needs_level)
    except NotUtf8 as error:
        raise CommandError(f"{path}: line {error.number} is not UTF-8.") from error
    except IsADirectoryError as error:
        raise CommandError(f"{path} is a folder.") from error
    except FileNotFoundError as error:
        raise CommandError(f"{error.filename} does not exist.") from error
    except PermissionError as error:
        raise CommandError(f"{error.filename} may not be read or written.") from error
