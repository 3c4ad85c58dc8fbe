"""Who hears at once that a release came into force before their proposal, which can't be published as it stands now."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from rules.models import Notification, Proposal, Release
from rules.notices import detail, sentence
from rules.selectors.reviews import standing_of
from rules.services import notifications, proposals, reviews
from rules.services.releases import publish_proposal
from tests.rules.publishing import approved, reviewer, without_checks
from tests.rules.rows import content, person, rule

pytestmark = pytest.mark.django_db
Commit = Callable[[], AbstractContextManager[Any]]
AT = datetime(2199, 1, 1, 10, tzinfo=UTC)


@pytest.fixture
def proposal(expert: User, release: Release) -> Proposal:
    """A new rule that a lead scheduled and Rita approved."""
    without_checks(expert)
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    reviews.ask_for_review(by=expert, proposal=made)
    proposals.schedule_proposal(by=person("lead"), proposal=made, publish_at=AT)
    made.refresh_from_db()
    reviews.approve(by=reviewer("rita"), proposal=made, seen=standing_of(made).signed.digest)
    return made


@pytest.fixture
def other(expert: User, release: Release) -> Proposal:
    """Another proposal, approved."""
    made = proposals.open_proposal(by=person("other"), title="Other")
    proposals.retire_rule(by=made.created_by, proposal=made, rule=rule(2))
    return approved(made)


def told() -> list[tuple[str, str, dict[str, Any]]]:
    found = Notification.objects.filter(kind="overtaken").order_by("recipient__username")
    return list(found.values_list("recipient__username", "proposal__title", "params"))


def test_authors_approvers_and_the_scheduler_of_what_was_ready_hear_it(
    proposal: Proposal, other: Proposal, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publish_proposal(by=other.created_by, proposal=other)
    params = {"release": 2, "base": 1, "moment": "2199-01-01T10:00:00+00:00"}
    assert told() == [(name, "Sprays", params) for name in ("expert", "lead", "rita")]


def test_what_waits_for_reviews_is_not_ready(proposal: Proposal, other: Proposal) -> None:
    reviews.take_back(by=proposal.created_by, proposal=proposal)
    notifications.tell_overtaken(publish_proposal(by=other.created_by, proposal=other))
    assert told() == []


def test_what_a_process_that_died_did_not_tell_is_told_once_by_the_next(proposal: Proposal, other: Proposal) -> None:
    publish_proposal(by=other.created_by, proposal=other)
    for _time in range(2):
        notifications.tell_recent()
    assert [name for name, _title, _params in told()] == ["expert", "lead", "rita"]


def test_it_says_what_to_do() -> None:
    params = {"release": 2, "base": 1, "moment": "2199-01-01T10:00:00+00:00"}
    told = sentence("overtaken", params, title="Sprays", person="")
    assert told == "Release 2 came into force before “Sprays”"
    assert detail(params) == (
        "It builds on release 1 and can't be published as it stands. Bring it up to date on its page; after that it has "
        "to be approved again. Otherwise nothing is published on 2199-01-01 18:00."
    )
