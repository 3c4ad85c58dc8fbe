"""`manage.py messages`: the catalogue of everything the pages say."""

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands.makemessages import Command as MakeMessages

LANGUAGE = "zh_Hans"
CATALOGUE = Path("locale", LANGUAGE, "LC_MESSAGES", "django.po")
DATE = "POT-Creation-Date"
READ = ("arweb", "rules", "annotation", "inference", "templates")


class Extract(MakeMessages):
    """Django's command, except that it guesses no translation from a similar message."""

    msgmerge_options = [*MakeMessages.msgmerge_options, "--no-fuzzy-matching"]


class Command(BaseCommand):
    """What `make messages` and `make check` call."""

    help = "Bring the messages of code and templates into the catalogue; with --check, only say what is missing there."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument("--check", action="store_true", help="change nothing, fail when something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Extract or compare."""
        if not shutil.which("xgettext"):
            self.stdout.write("GNU gettext is not installed: messages were not extracted.")
            return
        kept = settings.BASE_DIR / CATALOGUE
        with tempfile.TemporaryDirectory() as folder:
            found = extracted(kept, Path(folder))
            if not options["check"]:
                shutil.copyfile(found, kept)
            faults = differences(messages(kept), messages(found))
        if faults and options["check"]:
            raise CommandError("\n".join(faults))
        self.stdout.write("\n".join(faults), ending="\n" if faults else "")


def extracted(catalogue: Path, folder: Path) -> Path:
    """A copy of the catalogue inside `folder`, brought up to date. gettext writes where the code seems to lie."""
    for name in READ:
        (folder / name).symlink_to(settings.BASE_DIR / name)
    copy = folder / CATALOGUE
    copy.parent.mkdir(parents=True)
    shutil.copyfile(catalogue, copy)
    with contextlib.chdir(folder):
        call_command(
            Extract(), locale=[LANGUAGE], symlinks=True, no_location=True, no_wrap=True, no_obsolete=True, verbosity=0
        )
    copy.write_text("".join(line for line in copy.read_text().splitlines(keepends=True) if DATE not in line))
    return copy


def messages(path: Path) -> dict[tuple[str, ...], Message]:
    """The messages of a catalogue by context and English."""
    with path.open("rb") as file:
        return {(one.context or "", *several(one.id)): one for one in read_po(file) if one.id}


def several(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """One text, or those of a plural."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def differences(kept: dict[tuple[str, ...], Message], found: dict[tuple[str, ...], Message]) -> list[str]:
    """What the catalogue lacks, what it holds for nothing, and what waits for a translation."""
    waiting = [key for key, one in kept.items() if one.fuzzy or not all(several(one.string))]
    reasons = {
        "Not in the catalogue": found.keys() - kept.keys(),
        "Said nowhere any more": kept.keys() - found.keys(),
        "Not translated": waiting,
    }
    return [f"{reason}: {' | '.join(filter(None, key))}" for reason, keys in reasons.items() for key in sorted(keys)]
