"""Queries that programs ask, counted: annotation/services/traffic.py and who uses it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotation.asked import countable
from annotation.models import AskedQuery, QueuedPair
from annotation.selectors.benchmark_drift import recent_drift
from annotation.selectors.traffic import Traffic, asked_since, traffic
from annotation.services.queueing import queue_sample
from annotation.services.traffic import drop_old_queries, note_asked
from tests.annotation.labelling import LEAD, make_labelling
from tests.annotation.releases.benchmarks import released
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(settings: Any) -> None:
    """Queries are kept for ten days."""
    settings.TRAFFIC_DAYS = 10


def day(ago: int) -> date:
    return timezone.localdate() - timedelta(days=ago)


def kept() -> list[tuple[str, date, int]]:
    return list(AskedQuery.objects.order_by("day", "text").values_list("text", "day", "count"))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("  感冒\n灵 ", "感冒 灵"),
        ("药" * 300, "药" * 200),
        ("国药准字H20013062", "国药准字H20013062"),
        ("给我打电话 138 0013 8000", ""),
        ("11010519491231002X 高血压", ""),
        ("somebody@example.org", ""),
        (" ", ""),
    ],
)
def test_what_may_tell_of_a_person_is_not_kept_and_the_rest_is_cut(query: str, kept: str) -> None:
    assert countable(query) == kept


def test_a_query_is_counted_once_a_day(counted: None) -> None:
    for query in ("感冒", "感冒 ", "钙片"):
        note_asked(query)
    assert kept() == [("感冒", day(0), 2), ("钙片", day(0), 1)]


def test_nothing_is_counted_unless_the_deployment_says_so() -> None:
    note_asked("感冒")
    assert kept() == []


def test_the_first_query_of_a_day_drops_those_kept_long_enough(counted: None) -> None:
    for ago in (9, 10, 30):
        AskedQuery.objects.create(text="旧", day=day(ago))
    note_asked("新")
    assert kept() == [("旧", day(9), 1), ("新", day(0), 1)]


def test_what_was_kept_goes_once_nothing_is_to_be_kept(settings: Any) -> None:
    AskedQuery.objects.create(text="旧", day=day(0))
    assert (drop_old_queries(), kept()) == (1, [])


def test_days_beyond_those_kept_are_not_looked_at(counted: None) -> None:
    AskedQuery.objects.create(text="旧", day=day(12))
    AskedQuery.objects.create(text="新", day=day(9))
    assert [row.text for row in asked_since(365)] == ["新"]


def test_a_sample_of_recent_queries_holds_those_that_were_asked(counted: None) -> None:
    benchmark, lead = make_labelling(0).benchmark, make_user(*LEAD)
    for query in ("asked", "asked long ago", "never asked"):
        make_pair(query)
    note_asked("asked")
    note_asked("without a product")
    AskedQuery.objects.create(text="asked long ago", day=day(5))
    assert traffic(3) == Traffic(queries=2, with_pair=1)
    queue_sample(by=lead, benchmark=benchmark, size=9, recent_days=3)
    assert list(QueuedPair.objects.values_list("pair__query__text", "origin")) == [("asked", "traffic")]


def test_drift_looks_at_the_queries_that_were_asked(counted: None) -> None:
    release = released()
    before = recent_drift(release).drift.recent
    for query in ("甲", "乙", "甲"):
        note_asked(query)
    assert recent_drift(release).drift.recent - before == 2


def test_a_query_that_a_program_has_judged_is_counted(counted: None) -> None:
    client = APIClient()
    client.force_authenticate(make_user())
    said = {"query": "创可贴", "title": "[云南白药]创可贴100片"}
    assert client.post("/api/v1/judge/", said, format="json").status_code == 200
    assert kept() == [("创可贴", day(0), 1)]
