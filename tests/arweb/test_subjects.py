"""The audit trail names what its events are about."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Benchmark
from arweb.subjects import Subject, subjects_of
from inference.services.runs import launch_run
from rules.models import AuditEvent
from rules.services.audit import record
from rules.services.proposals import open_proposal
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return User.objects.create_superuser("lead")


@pytest.fixture
def page(client: Client, lead: User) -> Callable[[str], str]:
    """The trail as the lead reads it."""
    client.force_login(lead)
    return lambda query: unescape(client.get(f"/audit/{query}").content.decode())


def happened(*subjects: str) -> list[AuditEvent]:
    with transaction.atomic():
        return [record(by=None, verb="thing.done", subject=one, data={}) for one in subjects]


def named(*subjects: str) -> list[Any]:
    found = subjects_of(happened(*subjects))
    return [found[one] for one in subjects]


def test_things_are_called_by_their_names_and_have_their_pages(lead: User) -> None:
    benchmark = make_benchmark(("布洛芬", "布洛芬片", "highly"), slug="demo")
    Benchmark.objects.update(name="Demo set")
    benchmark.refresh_from_db()
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    proposal = open_proposal(by=lead, title="No ibuprofen", reason="Why not")
    keys = (
        f"benchmark:{benchmark.pk}",
        "benchmark:demo",
        f"run:{run.pk}",
        f"proposal:{proposal.pk}",
        f"user:{lead.pk}",
    )
    assert named(*keys) == [
        Subject("“Demo set”", "/benchmarks/demo/"),
        Subject("“Demo set”", "/benchmarks/demo/"),
        Subject(f"{run.pk} · {run.config.name} · Demo set", f"/runs/{run.pk}/"),
        Subject(f"{proposal.pk} “No ibuprofen”", f"/proposals/{proposal.pk}/"),
        Subject("lead"),
    ]


def test_what_is_gone_or_has_no_name_is_called_as_the_trail_has_it() -> None:
    huge = "9" * 30
    assert named("proposal:77", f"run:{huge}", "rule:3", "thing:1", "entry:medicine/布洛芬", "case:4", "policy") == [
        Subject("77", "/proposals/77/"),
        Subject(huge, f"/runs/{huge}/"),
        Subject("R3", "/rules/3/"),
        Subject("1"),
        Subject("布洛芬", "/knowledge/entries/medicine/%E5%B8%83%E6%B4%9B%E8%8A%AC"),
        Subject("bad case #4", "/bad-cases/4/"),
        Subject(""),
    ]


def test_thirty_events_ask_no_more_than_one() -> None:
    asked = []
    for count in (1, 30):
        made = [make_benchmark() for _number in range(count)]
        events = happened(*(f"benchmark:{one.pk}" for one in made))
        with CaptureQueriesContext(connection) as queries:
            subjects_of(events)
        asked.append(len(queries))
    assert asked == [1, 1]


def test_the_page_names_a_benchmark_in_its_events_and_above_them(page: Callable[[str], str]) -> None:
    benchmark = make_benchmark(slug="demo")
    happened(f"benchmark:{benchmark.pk}")
    text = page(f"?subject=benchmark:{benchmark.pk}")
    assert ('<a href="/benchmarks/demo/" data-open>“demo”</a>' in text, "<b>benchmark “demo”</b>" in text) == (
        True,
        True,
    )


def test_names_are_text(page: Callable[[str], str], client: Client) -> None:
    benchmark = make_benchmark()
    Benchmark.objects.update(name="<script>x</script>")
    happened(f"benchmark:{benchmark.pk}")
    assert "<script>x" not in client.get("/audit/").content.decode()
