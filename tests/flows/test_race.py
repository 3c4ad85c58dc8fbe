"""Several people at once: one publish wins, no save is lost, the audit trail stays whole."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connections

from rules import selectors
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Proposal, Release
from rules.services import proposals
from tests.rules.publishing import publish, published_rules

pytestmark = pytest.mark.slow

AT_ONCE = 4


def content(title: str) -> RuleContent:
    """A sound rule."""
    brand = Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",))
    return RuleContent(title=title, conditions=(brand,), effect=Effect(EffectKind.CAP, Level.MODERATELY))


def at_once(*jobs: Callable[[], object]) -> list[str]:
    """What came of jobs that all began together: a word each."""
    barrier, came = Barrier(len(jobs)), [""] * len(jobs)

    def work(place: int) -> None:
        try:
            barrier.wait()
            came[place] = str(jobs[place]())
        except ValidationError as refusal:
            came[place] = str(getattr(refusal, "code", None) or refusal.error_list[0].code)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def race() -> None:
    """Let people meet, and print what came of it. Called in a process of its own."""
    lead = User.objects.create_superuser("lead")
    published_rules(by=lead, contents=[(1, content("First"))])
    mine, yours = (proposals.open_proposal(by=lead) for _ in range(2))
    for proposal in (mine, yours):
        proposals.add_rule(by=lead, proposal=proposal, content=content(f"Of {proposal.pk}"))
    both = [lambda p=proposal: publish(by=lead, proposal=p) for proposal in (mine, yours)]
    published = at_once(*both * AT_ONCE)
    draft = proposals.open_proposal(by=lead)
    change = proposals.add_rule(by=lead, proposal=draft)
    titles = [f"Edit {number}" for number in range(AT_ONCE)]
    saves = [lambda t=t: proposals.save_change(by=lead, change=change, content=content(t), edition=1).edition for t in titles]  # fmt: skip
    published_rules(by=lead, contents=[(1, content("Second"))])
    saved = at_once(*saves, lambda: proposals.rebase_proposal(by=lead, proposal=draft).conflicting)
    newcomer = User.objects.create_superuser("newcomer")
    at_once(*[lambda: proposals.own_draft(by=newcomer, title="Mine").pk] * AT_ONCE)
    came = {
        "published": Counter(published),
        "saved": Counter(saved),
        "releases": Release.objects.count(),
        "drafts": Proposal.objects.filter(created_by=newcomer).count(),
        "broken": selectors.verify_chain(),
    }
    sys.stdout.write(json.dumps(came))


def test_who_comes_first_wins_and_nothing_is_done_twice(came: dict[str, Any]) -> None:
    assert came == {
        "published": {"#2": AT_ONCE, "stale": AT_ONCE},
        "saved": {"2": 1, "conflict": AT_ONCE - 1, "()": 1},
        "releases": 4,
        "drafts": 1,
        "broken": None,
    }
