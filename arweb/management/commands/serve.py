"""`manage.py serve`: the web server, and where embedded its worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arweb.database import migrations_wait
from arweb.server import serve


class Command(BaseCommand):
    """Serve what is there; migrate and load beforehand."""

    help = "Serve on HOST:PORT, with a worker thread of its own unless REDIS_URL is set."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or ctrl-c."""
        serve(prepare=require_database, announce=self.announce)

    def announce(self, address: str) -> None:
        """Print where."""
        self.stdout.write(f"ARWeb answers on {address} (ctrl-c stops it)")
        self.stdout.flush()


def require_database() -> None:
    """Raise CommandError where pages would only say that something went wrong."""
    if migrations_wait():
        raise CommandError("The database is behind the code. Run: .venv/bin/python manage.py migrate")
