"""A case that could harm a patient alarms when it waits for too long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotation.models import BadCase
from annotation.services.case_notices import tell_overdue
from annotation.services.triage import Sorted, triage
from rules.models import Notification
from tests.annotation.cases import make_case, make_triager
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def harmful(query: str, *, by: User, hours: int, severity: int = 3) -> BadCase:
    """A case that came in so many hours ago."""
    case = make_case(query, f"[牌]{query}说明", by=by, severity=severity)
    BadCase.objects.filter(pk=case.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    return case


def told() -> list[tuple[int, str, int]]:
    rows = Notification.objects.filter(kind="overdue").order_by("pk")
    return [(one.recipient_id, one.title, one.params["count"]) for one in rows]


def test_who_triages_is_told_once_of_the_oldest_and_how_many() -> None:
    by = make_triager()
    make_user("annotation.report_case")
    harmful("布洛芬", by=by, hours=30)
    harmful("阿莫西林", by=by, hours=25)
    tell_overdue()
    tell_overdue()
    assert told() == [(by.pk, "布洛芬 / [牌]布洛芬说明", 2)]


def test_what_does_not_harm_or_came_in_today_alarms_nobody() -> None:
    by = make_triager()
    harmful("布洛芬", by=by, hours=30, severity=2)
    harmful("阿莫西林", by=by, hours=23)
    tell_overdue()
    assert told() == []


def test_a_case_that_somebody_took_alarms_nobody_else() -> None:
    by, other = make_triager(), make_triager()
    case = harmful("布洛芬", by=by, hours=30)
    triage(by=by, cases=[case.pk], to=Sorted(assignee=other))
    tell_overdue()
    assert [recipient for recipient, *_rest in told()] == [other.pk]


def test_one_more_that_waits_for_too_long_alarms_again() -> None:
    by = make_triager()
    harmful("布洛芬", by=by, hours=40)
    tell_overdue()
    harmful("阿莫西林", by=by, hours=25)
    tell_overdue()
    assert [count for _recipient, _title, count in told()] == [1, 2]
