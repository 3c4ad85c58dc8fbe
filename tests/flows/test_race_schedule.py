"""Several workers look at the clock at once: what is due is published once and told once."""

import json
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from arweb.clock import do_what_is_due
from rules import selectors
from rules.models import AuditEvent, ProposalMove, Release
from rules.services import proposals
from rules.services.validity import tell_validity
from tests.flows.test_race import at_once, content
from tests.rules.publishing import approved, published_rules
from tests.rules.rows import content as dated

pytestmark = pytest.mark.slow

AT_ONCE = 4


def race() -> None:
    """Let workers meet, and print what came of it. Called in a process of its own."""
    lead = User.objects.create_superuser("lead")
    published_rules(by=lead, contents=[(1, content("First"))])
    made = proposals.open_proposal(by=lead)
    until = timezone.localdate() + timedelta(days=1)
    wording = replace(dated(), valid_until=until)
    proposals.add_rule(by=lead, proposal=made, content=wording)
    due = timezone.now() + timedelta(seconds=1)
    proposals.schedule_proposal(by=lead, proposal=made, publish_at=due)
    approved(made)
    time.sleep(max((due - timezone.now()).total_seconds() + 0.05, 0))
    at_once(*[do_what_is_due] * AT_ONCE)
    at_once(*[lambda: tell_validity(day=until + timedelta(days=1))] * AT_ONCE)
    came = {
        "releases": Release.objects.count(),
        "moves": Counter(ProposalMove.objects.filter(proposal=made).values_list("after", flat=True)),
        "told": AuditEvent.objects.filter(verb="release.validity_changed").count(),
        "broken": selectors.verify_chain(),
    }
    sys.stdout.write(json.dumps(came))


def test_what_is_due_is_done_once(came: dict[str, Any]) -> None:
    assert came == {
        "releases": 3,
        "moves": {"in_review": 1, "approved": 1, "scheduled": 1, "published": 1},
        "told": 1,
        "broken": None,
    }
