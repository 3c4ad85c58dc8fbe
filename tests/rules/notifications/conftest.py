"""A proposal of two authors, with two people who may review it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from rules.models import Proposal
from rules.services import proposals, reviews
from tests.rules.notifications.deeds import Commit
from tests.rules.publishing import reviewer, without_checks
from tests.rules.rows import content, person


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """What follows on a commit happens at the end of `with commit():`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def proposal(expert: User) -> Iterator[Proposal]:
    """A new rule, drafted by an expert and somebody else; two people may review."""
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=person("hanna"), proposal=made, content=content("New"))
    without_checks(expert)
    reviewer("rita")
    reviewer("rolf")
    User.objects.exclude(username="rolf").update(email="a@example.org")
    User.objects.exclude(username__in=["expert", "hanna", "rita", "rolf"]).update(is_active=False)
    yield made


@pytest.fixture
def asked(proposal: Proposal, expert: User) -> Proposal:
    """The same, under review; nobody was told."""
    return reviews.ask_for_review(by=expert, proposal=proposal)
