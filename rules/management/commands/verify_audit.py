"""manage.py verify_audit: check every event of the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rules.selectors import audit_events, verify_chain


class Command(BaseCommand):
    help = "Check that no event of the audit trail was altered or removed. Fails where the chain breaks."

    def handle(self, *args: Any, **options: Any) -> None:
        if broken := verify_chain():
            raise CommandError(f"The chain breaks at event {broken.sequence}: {broken.kind}.")
        self.stdout.write(f"The audit trail is whole: {audit_events().count()} events.")
