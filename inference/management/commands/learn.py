"""manage.py learn: bring what products and leaflets teach into the knowledge."""

from typing import Any

from django.core.management.base import BaseCommand

from inference.services.learning import learn


class Command(BaseCommand):
    """Runs by itself after every import; worth running after an upgrade, when the shipped knowledge changed."""

    help = "Learn from the imported products and leaflets what the knowledge lacks. Learning again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Learn, and say what it came to."""
        done = learn(by=None)
        self.stdout.write(f"{done.added} entries added, {done.changed} filled in, {done.unchanged} as they were")
        for reason in done.refused:
            self.stderr.write(f"refused: {reason}")
