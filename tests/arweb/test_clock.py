"""What a worker does by the clock."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from arweb.clock import MOST_SECONDS, do_what_is_due, keep_time, seconds_left, tick
from rules.enums import ProposalState
from rules.models import AuditEvent, Proposal, Release
from rules.selectors import current_release
from rules.selectors.validity import TOLD
from rules.services import proposals
from tests.rules.publishing import approved, published_rules
from tests.rules.rows import content, person

pytestmark = pytest.mark.django_db


class FakeTimer:
    """A timer that only notes what it is told."""

    def __init__(self) -> None:
        self.timer = self
        self.calls: list[tuple[float, object]] = []

    def call_after(self, seconds: float, job: object, arguments: tuple[object, ...]) -> None:
        self.calls.append((round(seconds), job))


@pytest.fixture
def expert() -> User:
    return person("expert")


def scheduled(expert: User, *, seconds: float) -> Proposal:
    """A proposal that everybody approved, to be published in so many seconds."""
    made = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    moment = timezone.now() + timedelta(seconds=seconds)
    proposals.schedule_proposal(by=expert, proposal=made, publish_at=moment)
    return approved(made)


def overdue(expert: User) -> Proposal:
    """One whose time passed while nobody worked."""
    made = scheduled(expert, seconds=0.05)
    while timezone.now() <= made.publish_at:
        time.sleep(0.01)
    return made


def test_it_comes_back_when_the_next_thing_is_due(expert: User) -> None:
    scheduled(expert, seconds=30)
    timer = FakeTimer()
    keep_time(timer)
    ((seconds, job),) = timer.calls
    assert (28 < seconds <= 30, job) == (True, tick)


def test_without_a_schedule_it_looks_every_minute() -> None:
    assert do_what_is_due() == MOST_SECONDS


def test_what_fell_due_while_nobody_worked_is_published_at_once(expert: User) -> None:
    proposal = overdue(expert)
    keep_time(FakeTimer())
    proposal.refresh_from_db()
    assert (proposal.state, proposal.published) == (ProposalState.PUBLISHED, current_release())


def test_a_schedule_that_lies_in_the_past_does_not_make_it_hurry(expert: User) -> None:
    overdue(expert)
    assert seconds_left() == MOST_SECONDS


def test_dates_that_fell_due_are_told(expert: User) -> None:
    today = timezone.localdate()
    ends = replace(content("Until"), valid_until=today - timedelta(days=1))
    release = published_rules(by=expert, contents=[(1, ends)])
    set_back(release, days=3)
    do_what_is_due()
    do_what_is_due()
    ((began, ended),) = [(e.data["began"], e.data["ended"]) for e in AuditEvent.objects.filter(verb=TOLD)]
    assert (began, ended) == ([], [1])


def set_back(release: Release, *, days: int) -> None:
    """As if it had been published some days ago."""
    moment = release.created_at - timedelta(days=days)
    QuerySet(Release).filter(pk=release.pk).update(created_at=moment)


def test_the_clock_goes_on_whatever_goes_wrong(expert: User) -> None:
    release = published_rules(by=expert, contents=[(1, content())])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rules_ruleversion SET content = '[]'")
    set_back(release, days=3)
    timer = FakeTimer()
    keep_time(timer)
    assert timer.calls == [(MOST_SECONDS, tick)]


def test_a_command_does_the_same_for_cron(expert: User, capsys: pytest.CaptureFixture[str]) -> None:
    overdue(expert)
    call_command("publish_due")
    assert capsys.readouterr().out == "Release 1 is in force.\n"
