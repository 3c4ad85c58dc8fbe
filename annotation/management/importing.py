"""What the import commands share: a progress bar, a summary, the first problems."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from annotation.enums import ImportState
from annotation.models import Import

PROBLEMS_SHOWN = 20
WIDTH = 40


def existing_file(text: str) -> Path:
    """A path given on the command line, if a file is there."""
    path = Path(text)
    if path.is_dir():
        raise CommandError(f"{text} is a folder. Name a file in it.")
    if not path.is_file():
        raise CommandError(f"There is no file {text}.")
    return path


def existing_folder(text: str) -> Path:
    """A path given on the command line, if a folder is there."""
    path = Path(text)
    if not path.is_dir():
        raise CommandError(f"There is no folder {text}.")
    return path


def add_file(parser: ArgumentParser) -> None:
    """The argument that every import has."""
    parser.add_argument("file", help="JSONL or CSV, UTF-8 or GB18030")


def progress_bar(out: OutputWrapper) -> Callable[[Import], None] | None:
    """A bar that redraws itself, where somebody watches."""
    if not sys.stderr.isatty():
        return None

    def draw(job: Import) -> None:
        done = job.bytes_read / (job.bytes_total or 1)
        bar = "#" * round(done * WIDTH)
        out.write(f"\r[{bar:<{WIDTH}}] {done:4.0%}", ending="\n" if done >= 1 else "")
        out.flush()

    return draw


def report(job: Import, out: OutputWrapper) -> None:
    """Say what an import came to; a file that was refused is an error."""
    if job.state == ImportState.REFUSED:
        raise CommandError(f"{job.name} was refused: {job.explanation}")
    out.write(
        f"{job.name}: {job.created} created, {job.updated} updated, {job.unchanged} unchanged, {job.rejected} rejected"
    )
    if job.images_missing:
        out.write(f"rows whose image is not in {job.images}: {job.images_missing}")
    for problem in job.problems.all()[:PROBLEMS_SHOWN]:
        out.write(f"line {problem.line}: {problem.explanation}")
    if job.rejected > PROBLEMS_SHOWN:
        out.write(f"and {job.rejected - PROBLEMS_SHOWN} more")
