"""Validity dates that fall due are told once a release and day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from rules.models import AuditEvent, Release
from rules.selectors import not_valid_on, release_at
from rules.selectors.validity import TOLD, ValidityChange
from rules.services.validity import tell_validity
from rules.signals import validity_changed
from tests.rules.publishing import published_rules
from tests.rules.rows import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def dated(expert: User, today: date) -> Release:
    """R1 until the day after tomorrow, R2 from then on, R3 always."""
    due = today + timedelta(days=2)
    return published_rules(
        by=expert,
        contents=[
            (1, replace(content("Until"), valid_until=due)),
            (2, replace(content("From", "x"), valid_from=due)),
            (3, content("Always", "y")),
        ],
    )


def told() -> list[dict[str, object]]:
    return [event.data for event in AuditEvent.objects.filter(verb=TOLD).order_by("sequence")]


def test_nothing_is_told_while_the_same_rules_are_valid(dated: Release, today: date) -> None:
    assert [tell_validity(day=today + timedelta(days=n)) for n in (0, 1)] == [None, None]
    assert told() == []


def test_each_change_is_told_once(dated: Release, today: date) -> None:
    first, second = today + timedelta(days=2), today + timedelta(days=3)
    came = [tell_validity(day=day) for day in (first, first, second, second)]
    assert came == [ValidityChange(first, (2,), ()), None, ValidityChange(second, (), (1,)), None]
    assert [one["day"] for one in told()] == [first.isoformat(), second.isoformat()]


def test_days_on_which_nobody_looked_are_made_up_for(dated: Release, today: date) -> None:
    late = today + timedelta(days=30)
    assert tell_validity(day=late) == ValidityChange(late, (2,), (1,))


def test_a_clock_set_back_tells_nothing_again(dated: Release, today: date) -> None:
    tell_validity(day=today + timedelta(days=3))
    assert tell_validity(day=today + timedelta(days=2)) is None


def test_it_is_announced_after_commit(dated: Release, today: date, django_capture_on_commit_callbacks) -> None:
    heard: list[tuple[int, date]] = []

    def hear(*, release_id: int, day: date, **kwargs: object) -> None:
        heard.append((release_id, day))

    validity_changed.connect(hear)
    due = today + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        tell_validity(day=due)
        assert heard == []
    assert heard == [(dated.pk, due)]


def test_without_a_release_there_is_nothing_to_tell() -> None:
    assert tell_validity() is None


def test_which_rules_are_not_valid_on_a_day(dated: Release, today: date) -> None:
    days = (today, today + timedelta(days=2), today + timedelta(days=3))
    assert [sorted(not_valid_on(dated, day)) for day in days] == [[2], [], [1]]


def test_the_release_at_a_moment(expert: User, release: Release) -> None:
    second = published_rules(by=expert, contents=[(1, content("Changed"))])
    empty = Release.objects.get(number=0)
    moments = (empty.created_at - timedelta(seconds=1), release.created_at, second.created_at, timezone.now())
    assert [release_at(moment) for moment in moments] == [None, release, second, second]
