"""`manage.py export_knowledge FOLDER`: the knowledge in use as tables, as they are shipped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.knowledge.export import exported
from inference.knowledge.lexicon import load_lexicon
from inference.selectors.entries import changed_sources
from inference.selectors.knowledge import tables_in_use


class Command(BaseCommand):
    """Writes every table; a row that nobody corrected is written as it was shipped."""

    help = "Write the knowledge in use, corrections included, as the tab-separated tables that it is shipped in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder to write to."""
        parser.add_argument("folder", type=Path, help="a new or empty folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files."""
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise CommandError(f"{folder} is not empty.")
            files = exported(tables_in_use(), load_lexicon().tables, changed_sources())
            for name, text in files.items():
                (folder / name).write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(f"{folder} could not be written: {error.strerror}.") from error
        rows = sum(text.count("\n") - 1 for text in files.values())
        self.stdout.write(f"{len(files)} tables with {rows} entries written to {folder}.")
