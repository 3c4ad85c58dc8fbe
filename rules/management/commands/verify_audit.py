"""manage.py verify_audit: check every event of the audit trail."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rules.models import AuditEvent
from rules.selectors import verify_chain
from rules.selectors.audit import audit_head

WORDS = {
    "altered": "The chain breaks at event {0}: it was altered.",
    "missing": "The chain breaks at event {0}: it is missing.",
    "moved": "The chain breaks at event {0}: it was written as event {1}.",
    "inserted": "The chain breaks at event {0}: it was put in afterwards.",
    "cut": "The chain ends too early: events from {0} on are gone.",
}


END = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Command(BaseCommand):
    """Who may write to every table could write the whole trail anew; what was kept elsewhere of it shows that."""

    help = "Check that no event of the audit trail was altered, removed, moved or put in. Fails where the chain breaks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What was kept."""
        parser.add_argument("--expect", metavar="NUMBER:DIGEST", help="how the trail ended once, as this command said")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all of it."""
        if options["expect"] is not None:
            check_kept(options["expect"])
        if broken := verify_chain():
            raise CommandError(WORDS[broken.kind].format(broken.sequence, broken.was))
        head = audit_head()
        self.stdout.write(
            f"The audit trail is whole: {head.sequence} events. It ends with {head.sequence}:{head.digest}"
        )


def check_kept(kept: str) -> None:
    """Raise CommandError unless the trail still holds the event that was kept elsewhere."""
    found = END.fullmatch(kept)
    if found is None:
        raise CommandError("Give the end of the trail as verify_audit says it: a number, a colon and a digest.")
    event = AuditEvent.objects.filter(sequence=int(found[1])).first()
    if event is None:
        raise CommandError(f"The trail was written anew: event {found[1]}, which was kept elsewhere, is gone.")
    if event.digest != found[2]:
        raise CommandError(f"The trail was written anew: event {found[1]} is not the one that was kept elsewhere.")
