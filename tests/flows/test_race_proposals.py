"""Several people decide about one proposal at once: what comes into force was approved, exactly so, and comes once."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from rules import selectors
from rules.models import Proposal
from rules.selectors.reviews import standing_of
from rules.services import proposals, reviews
from rules.services.checks import set_policy
from rules.services.releases import publish_proposal
from rules.services.schedule import publish_due
from tests.flows.test_race import at_once, content
from tests.rules.publishing import approved, published_rules, reviewer
from tests.rules.recount import prove_everything

pytestmark = pytest.mark.slow

ROUNDS = 5
AT_ONCE = 3


def drafted(lead: User) -> Proposal:
    """One new rule in a proposal of its own."""
    made = proposals.open_proposal(by=lead)
    proposals.add_rule(by=lead, proposal=made, content=content("Drafted"))
    return made


def edit(lead: User, proposal: Proposal, title: str) -> Callable[[], str]:
    """Save other words in the only change of a proposal."""
    change = proposal.changes.get()

    def save() -> str:
        proposals.save_change(by=lead, change=change, content=content(title), edition=change.edition)
        return "edited"

    return save


def publish_against_edit(lead: User) -> str:
    """Who is first decides: the approved words are in force, or the others wait for approval."""
    proposal = approved(drafted(lead))
    came = at_once(
        edit(lead, proposal, "Unapproved"), lambda: publish_proposal(by=lead, proposal=proposal) and "published"
    )
    return " ".join(sorted(came))


def approve_against_edit(lead: User) -> str:
    """An approval is of what was seen, so that one after the edit is refused and one before it is void."""
    proposal = drafted(lead)
    reviews.ask_for_review(by=lead, proposal=proposal)
    judge, seen = reviewer(), standing_of(proposal).signed.digest
    at_once(edit(lead, proposal, "Edited"), lambda: reviews.approve(by=judge, proposal=proposal, seen=seen))
    return str(Proposal.objects.get(pk=proposal.pk).state)


def schedulers(lead: User) -> str:
    """Several workers look at the clock at once, and somebody presses the button."""
    made, due = drafted(lead), timezone.now() + timedelta(seconds=1)
    proposals.schedule_proposal(by=lead, proposal=made, publish_at=due)
    approved(made)
    time.sleep(max((due - timezone.now()).total_seconds(), 0) + 0.01)
    at_once(*[publish_due] * AT_ONCE, lambda: publish_proposal(by=lead, proposal=made))
    return f"{made.moves.filter(after='published').count()} of {made.moves.count()} moves"


def policies(lead: User) -> str:
    """Two approvals are wanted from the moment that somebody says so: of one with one approval, nothing comes."""
    proposal = drafted(lead)
    reviews.ask_for_review(by=lead, proposal=proposal)
    reviews.approve(by=reviewer(), proposal=proposal, seen=standing_of(proposal).signed.digest)
    at_once(
        lambda: set_policy(by=lead, approvals={}, otherwise=2, safety=2, required=[]),
        lambda: publish_proposal(by=lead, proposal=proposal),
    )
    set_policy(by=lead, approvals={}, otherwise=1, safety=2, required=[])
    return "told"


def publishes(lead: User) -> str:
    """Two approved proposals on one base: one comes into force, the other is told that its base moved."""
    both = [approved(drafted(lead)) for _ in range(2)]
    came = at_once(*[lambda p=one: publish_proposal(by=lead, proposal=p) and p.pk for one in both] * AT_ONCE)
    return f"{came.count('stale')} stale, {len(set(came))} answers"


def race() -> None:
    """Let people meet, and print what came of it. Called in a process of its own."""
    lead = User.objects.create_superuser("lead")
    set_policy(by=lead, approvals={}, otherwise=1, safety=2, required=[])
    published_rules(by=lead, contents=[(1, content("First"))])
    meetings = (publishes, publish_against_edit, approve_against_edit, schedulers, policies)
    came = {one.__name__: Counter(one(lead) for _round in range(ROUNDS)) for one in meetings}
    prove_everything()
    sys.stdout.write(json.dumps(came | {"broken": selectors.verify_chain()}))


def test_what_comes_into_force_was_approved_and_comes_once(came: dict[str, Any]) -> None:
    edits = came.pop("publish_against_edit")
    assert edits.keys() <= {"edited void", "not_open published"}
    assert came == {
        "publishes": {"3 stale, 2 answers": ROUNDS},
        "approve_against_edit": {"in_review": ROUNDS},
        "schedulers": {"1 of 4 moves": ROUNDS},
        "policies": {"told": ROUNDS},
        "broken": None,
    }
