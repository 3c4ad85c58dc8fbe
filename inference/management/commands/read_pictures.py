"""`manage.py read_pictures`: read the words on the pictures of products, or hand readings from machine to machine."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.engines.ocr import is_installed
from inference.selectors.pictures import unread_count
from inference.services.pictures import BATCH, exported_lines, import_readings, read_pictures
from rules.whole_files import lines_into

LINES_NAMED = 5


class Command(BaseCommand):
    help = "Read the pictures of products that nobody has read yet. Reading needs requirements-ocr.txt (make ocr)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--export", type=Path, metavar="FILE", help="write every reading, one JSON object a line")
        which.add_argument("--import", type=Path, metavar="FILE", dest="source", help="take over readings of a file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["export"]:
                self.write_readings(options["export"])
            elif options["source"]:
                self.take_readings(options["source"])
            else:
                self.read()
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def read(self) -> None:
        """Read what is unread, telling how far it is."""
        total = unread_count()
        if not total:
            self.stdout.write("Every picture has been read.")
            return
        if not is_installed():
            raise CommandError(
                f"{total} pictures wait, and reading them needs requirements-ocr.txt: run `make ocr`, "
                "or take over readings made elsewhere with --import FILE."
            )
        done = failed = 0
        while True:
            batch = read_pictures(limit=4 * BATCH, progress=self.teller(done, total))
            done, failed = done + batch.tried, failed + batch.failed
            if not batch.more:
                break
        if not done:
            raise CommandError("No picture was read: the reader does not start. Run `make ocr` again.")
        self.stdout.write(f"{done} pictures read, {failed} of them could not be.")

    def teller(self, before: int, total: int) -> Any:
        """Tells the progress on one line, where somebody watches."""
        if not sys.stderr.isatty():
            return None
        return lambda tried: self.stderr.write(f"\r{before + tried} of {total}", ending="")

    def write_readings(self, path: Path) -> None:
        """Every reading into a file that gets its name when it is complete."""
        count = 0
        with lines_into(path) as out:
            for line in exported_lines():
                out.write(line + "\n")
                count += 1
        self.stdout.write(f"{count} readings written.")

    def take_readings(self, path: Path) -> None:
        """Readings of a file; what is none is named."""
        taken = import_readings(path=path)
        if taken.refused:
            lines = ", ".join(map(str, taken.refused[:LINES_NAMED]))
            self.stderr.write(f"{len(taken.refused)} lines are no readings, the first at {lines}.")
        self.stdout.write(f"{taken.taken} readings taken over, {taken.known} were here already.")
