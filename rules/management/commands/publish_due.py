"""manage.py publish_due: publish what is scheduled for now, for a deployment whose worker does not run all the time."""

from typing import Any

from django.core.management.base import BaseCommand

from rules.services.schedule import publish_due
from rules.services.validity import tell_validity


class Command(BaseCommand):
    help = "Publish every scheduled proposal whose time has come, and look whether validity dates fell due. For cron."

    def handle(self, *args: Any, **options: Any) -> None:
        for release in publish_due():
            self.stdout.write(f"Release {release.number} is in force.")
        if change := tell_validity():
            self.stdout.write(f"Valid since {change.day}: {names(change.began)}; no longer: {names(change.ended)}.")


def names(numbers: tuple[int, ...]) -> str:
    """Rules by the names people use."""
    return ", ".join(f"R{number}" for number in numbers) or "none"
