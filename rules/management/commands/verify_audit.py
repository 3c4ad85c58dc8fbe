"""manage.py verify_audit: check every event of the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rules.selectors import audit_events, verify_chain

WORDS = {
    "altered": "The chain breaks at event {0}: it was altered.",
    "missing": "The chain breaks at event {0}: it is missing.",
    "moved": "The chain breaks at event {0}: it was written as event {1}.",
    "inserted": "The chain breaks at event {0}: it was put in afterwards.",
    "cut": "The chain ends too early: events from {0} on are gone.",
}


class Command(BaseCommand):
    help = "Check that no event of the audit trail was altered, removed, moved or put in. Fails where the chain breaks."

    def handle(self, *args: Any, **options: Any) -> None:
        if broken := verify_chain():
            raise CommandError(WORDS[broken.kind].format(broken.sequence, broken.was))
        self.stdout.write(f"The audit trail is whole: {audit_events().count()} events.")
