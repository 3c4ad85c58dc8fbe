"""manage.py export_rules: the rules of a release as YAML."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rules.models import Release
from rules.selectors import current_release
from rules.selectors.exchange import release_text
from rules.whole_files import written_whole


class Command(BaseCommand):
    help = "Write the rules of a release (the one in force) as YAML that import_rules reads back exactly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="where to write; left out, it is printed")
        parser.add_argument("--release", type=int, help="the number of an older release")

    def handle(self, *args: Any, **options: Any) -> None:
        number, file = options["release"], options["file"]
        release = current_release() if number is None else Release.objects.filter(number=number).first()
        if release is None:
            raise CommandError("There is no release yet." if number is None else f"There is no release {number}.")
        text = release_text(release)
        if file is None:
            self.stdout.write(text, ending="")
            return
        try:
            with written_whole(file) as draft:
                draft.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        self.stdout.write(f"Release {release.number} was written to {file}.")
