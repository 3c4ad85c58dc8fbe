"""manage.py import_rules: make a proposal of a rule file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from rules.engine.exchange import MOST_BYTES
from rules.services.exchange import import_rules


class Command(BaseCommand):
    help = "Make a proposal of a YAML file of rules. It is reviewed and published like any other, never at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--title", required=True, help="the title of the proposal")
        parser.add_argument("--reason", default="", help="why")
        parser.add_argument(
            "--by", required=True, metavar="USER", help="whose proposal it is; needs the right to draft"
        )
        parser.add_argument("--replace", action="store_true", help="retire the rules that the file does not name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no user {options['by']}.")
        told = {name: options[name] for name in ("title", "reason", "replace")}
        try:
            proposal = import_rules(by=user, data=read(options["file"]), **told)
        except (ValidationError, PermissionDenied) as refusal:
            raise CommandError("\n".join(getattr(refusal, "messages", None) or [str(refusal)])) from refusal
        self.stdout.write(f"Proposal {proposal.pk} was opened with {proposal.changes.count()} changes.")


def read(path: Path) -> bytes:
    """What a file holds; of a far too long one, enough to see that it is."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
