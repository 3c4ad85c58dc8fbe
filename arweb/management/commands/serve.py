"""`manage.py serve`: the web server, and where embedded its worker."""

from typing import Any

from django.core.management.base import BaseCommand

from arweb.server import serve


class Command(BaseCommand):
    """Serve what is there; migrate and load beforehand."""

    help = "Serve on HOST:PORT, with a worker thread of its own unless REDIS_URL is set."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or ctrl-c."""
        serve(prepare=lambda: None, announce=self.announce)

    def announce(self, address: str) -> None:
        """Print where."""
        self.stdout.write(f"ARWeb answers on {address} (ctrl-c stops it)")
        self.stdout.flush()
