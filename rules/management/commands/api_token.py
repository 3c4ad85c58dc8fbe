"""manage.py api_token USER: a token for a person, made or revoked."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from rules.services.tokens import create_token, revoke_token


class Command(BaseCommand):
    help = "Make a token with which a program acts for USER. It is printed once; only its digest is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--days", type=int, default=90, help="how long it is good for (90)")
        parser.add_argument("--revoke", metavar="KEY", help="revoke the token that begins with KEY instead")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {options['user']!r}.")
        if options["revoke"] is not None:
            if not revoke_token(by=person, key=options["revoke"]):
                raise CommandError("There is no such token.")
            return
        try:
            self.stdout.write(create_token(by=person, days=options["days"]).token)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
