"""manage.py import_leaflets FILE: bring package leaflets into the documents that the pipeline searches."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from annotation.management.importing import PROBLEMS_SHOWN, WIDTH, add_file, existing_file
from annotation.models.imports import rendered
from annotation.reasons import RefusedError
from inference.services.leaflets import LeafletImport, import_leaflets
from inference.services.learning import learn


class Command(BaseCommand):
    """Safe to repeat: a leaflet that is there already and says the same stays as it is."""

    help = "Import package leaflets from a JSONL file. Importing a file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and what is said of where it comes from."""
        add_file(parser)
        parser.add_argument("--source", default="", help="where the leaflets come from; the file's name if left out")
        parser.add_argument("--dated", type=day, help="the day the leaflets are of, as 2026-01-31")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what it came to."""
        path = existing_file(options["file"])
        try:
            done = import_leaflets(
                path=path, source=options["source"], dated=options["dated"], progress=progress_bar(self.stderr)
            )
        except RefusedError as error:
            raise CommandError(f"{path.name} was refused: {rendered(error.reason, error.params)}") from error
        report(path.name, done, self.stdout)
        if done.created or done.updated:
            learn(by=None)


def day(text: str) -> date:
    """A day given on the command line; ValueError makes argparse refuse it."""
    return date.fromisoformat(text)


def progress_bar(out: OutputWrapper) -> Callable[[LeafletImport], None] | None:
    """A bar that redraws itself, where somebody watches."""
    if not sys.stderr.isatty():
        return None

    def draw(done: LeafletImport) -> None:
        share = done.bytes_read / (done.bytes_total or 1)
        bar = "#" * round(share * WIDTH)
        out.write(f"\r[{bar:<{WIDTH}}] {share:4.0%}", ending="\n" if share >= 1 else "")
        out.flush()

    return draw


def report(name: str, done: LeafletImport, out: OutputWrapper) -> None:
    """Counts, then the first lines that were not taken and why."""
    out.write(
        f"{name}: {done.created} created, {done.updated} updated, {done.unchanged} unchanged,"
        f" {done.rejected} rejected; {done.passages} passages written"
    )
    for problem in sorted(done.problems, key=lambda fault: fault.line)[:PROBLEMS_SHOWN]:
        out.write(f"line {problem.line}: {rendered(problem.reason, dict(problem.params))}")
    if done.rejected > PROBLEMS_SHOWN:
        out.write(f"and {done.rejected - PROBLEMS_SHOWN} more")
