"""The page of the audit trail: its filters, what unfolds, and the files it is exported as."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from rules.models import AuditEvent
from rules.models.audit import event_digest
from rules.origin import Channel, Origin, coming_from
from rules.selectors.audit import EventFilter, audit_events
from rules.services import proposals
from rules.services.audit import record
from rules.spreadsheets import safe
from rules.views.audit import filter_of
from tests.rules.rows import content, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return User.objects.create_superuser("lead", first_name="Lin", last_name="Wei")


@pytest.fixture
def get(client: Client, lead: User) -> Callable[[str], Any]:
    """A page as the lead sees it."""
    client.force_login(lead)
    return lambda path: client.get(path)


def happened(verb: str = "thing.done", by: User | None = None, origin: Origin | None = None, **data: object) -> None:
    with transaction.atomic(), coming_from(origin):
        record(by=by, verb=verb, subject="thing:1", data=data)


class TestFilters:
    def test_each_filter_lets_through_what_it_says(self, lead: User) -> None:
        happened("one.done", by=lead, origin=Origin(Channel.PAGE, "POST /"))
        happened("two.done", origin=Origin(Channel.TASK, "learn"))
        found = {
            name: [event.verb for event in audit_events(where=where)]
            for name, where in {
                "person": EventFilter(person=lead.pk),
                "system": EventFilter(person=0),
                "verb": EventFilter(verb="one.done"),
                "subject": EventFilter(subject="thing:2"),
                "channel": EventFilter(channel="task"),
                "all": EventFilter(),
            }.items()
        }
        assert found == {
            "person": ["one.done"],
            "system": ["two.done"],
            "verb": ["one.done"],
            "subject": [],
            "channel": ["two.done"],
            "all": ["two.done", "one.done"],
        }

    def test_days_are_those_of_the_place_both_included(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TIME_ZONE = "Asia/Shanghai"
        moment = datetime(2026, 5, 3, 17, 0, tzinfo=UTC)  # one o'clock on May 4 in Shanghai
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        happened()
        day = datetime(2026, 5, 4, tzinfo=UTC).date()
        before = datetime(2026, 5, 3, tzinfo=UTC).date()
        counts = [
            audit_events(where=EventFilter(since=since, until=until)).count()
            for since, until in ((day, day), (before, before), (None, before), (day, None))
        ]
        assert counts == [1, 0, 0, 1]

    def test_days_at_the_ends_of_the_calendar_bound_nothing_but_what_lies_outside(self, db) -> None:
        record(by=None, verb="run.launched", subject="run:1")
        counts = [
            audit_events(where=EventFilter(since=since, until=until)).count()
            for since, until in ((date.min, date.max), (date.min, None), (None, date.max), (None, date.min))
        ]
        assert counts == [1, 1, 1, 0]

    def test_what_makes_no_sense_in_an_address_is_left_out(self) -> None:
        query = QueryDict("person=x&since=2026-99-01&until=9999-12-31&channel=pigeon&verb=%00a&person=")
        assert filter_of(query) == EventFilter(verb="a", until=datetime(9999, 12, 31, tzinfo=UTC).date())

    def test_the_page_keeps_the_filters(self, get: Callable[[str], Any], lead: User) -> None:
        happened("run.launched", by=lead)
        text = get(f"/audit/?verb=run.launched&person={lead.pk}&since=2020-01-01&subject=thing:1").content.decode()
        assert '<option value="run.launched" selected>' in text
        assert f'<option value="{lead.pk}" selected>' in text
        assert 'value="2020-01-01"' in text
        assert "launched run" in text


class TestPage:
    def test_before_and_after_unfold(self, get: Callable[[str], Any]) -> None:
        expert = person("expert")
        proposal = proposals.open_proposal(by=expert, title="Sprays")
        proposals.describe_proposal(by=expert, proposal=proposal, title="Creams", reason="Asked for.")
        change = proposals.add_rule(by=expert, proposal=proposal, content=content())
        proposals.save_change(by=expert, change=change, content=content("Brand 998"), edition=1)
        text = get("/audit/").content.decode()
        assert "<del>Sprays</del><ins>Creams</ins>" in text
        assert "<del>999</del><ins>998</ins>" in text

    def test_a_move_is_shown_by_its_states_in_words(self, get: Callable[[str], Any]) -> None:
        happened("proposal.in_review", before="draft", after="in_review", reason="")
        text = get("/audit/").content.decode()
        assert "<dt>state</dt><dd><del>draft</del><ins>in review</ins></dd>" in text

    def test_says_where_an_event_came_from_and_the_address_to_who_may_export(self, client: Client, lead: User) -> None:
        happened(origin=Origin(Channel.PAGE, "POST /x/", "10.1.2.3", "abc"))
        shown = {}
        for user in (lead, person("expert")):
            client.force_login(user)
            text = client.get("/audit/").content.decode()
            shown[user.username] = ["a page" in text and "POST /x/" in text, "10.1.2.3" in text, "Export" in text]
        assert shown == {"lead": [True, True, True], "expert": [True, False, False]}

    def test_what_was_written_is_text(self, get: Callable[[str], Any]) -> None:
        happened(name="<script>x</script>", before={"a": "<b>"}, after={"a": "<i>"})
        text = get("/audit/").content.decode()
        assert "<script>x" not in text
        assert "<i>" not in text
        assert "&lt;script&gt;x&lt;/script&gt;" in text

    def test_costs_the_same_queries_for_one_event_and_fifty(
        self, get: Callable[[str], Any], lead: User, django_assert_max_num_queries: Any
    ) -> None:
        happened(by=lead)
        with django_assert_max_num_queries(14):
            get("/audit/")
        for _time in range(60):
            happened(by=lead)
        with django_assert_max_num_queries(14):
            assert get("/audit/").content.decode().count("<details>") == 50


class TestExport:
    def test_is_for_leads(self, client: Client) -> None:
        client.force_login(person("expert"))
        assert [client.get(f"/audit/export/{kind}/").status_code for kind in ("csv", "jsonl")] == [403, 403]

    def test_as_csv_by_filter_with_no_formula(self, get: Callable[[str], Any], lead: User) -> None:
        happened("other.done")
        happened(by=lead, origin=Origin(Channel.PAGE, "@SUM(A1)", "10.1.2.3", "abc"), name="=1+1")
        response = get("/audit/export/csv/?verb=thing.done")
        assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
        table = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
        event = AuditEvent.objects.latest("sequence")
        assert table == [
            {
                "event": "2",
                "at": event.at.astimezone(UTC).isoformat(),
                "actor": "lead",
                "verb": "thing.done",
                "subject": "thing:1",
                "channel": "page",
                "name": "'@SUM(A1)",
                "address": "10.1.2.3",
                "request": "abc",
                "data": '{"name": "=1+1"}',
                "digest": event.digest,
            }
        ]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
    def test_a_cell_that_begins_like_a_formula_is_text(self, start: str) -> None:
        assert safe(f"{start}1+1") == f"'{start}1+1"

    def test_as_jsonl_holds_what_it_takes_to_check_the_chain(self, get: Callable[[str], Any], lead: User) -> None:
        happened(by=lead, name="药")
        happened(origin=Origin(Channel.TASK, "learn"))
        rows = [json.loads(line) for line in get("/audit/export/jsonl/").getvalue().decode().splitlines()]
        assert [row.pop("actor") for row in rows] == [None, "lead"]
        for row in rows:
            digest = row.pop("digest")
            assert event_digest(**row | {"at": datetime.fromisoformat(row["at"])}) == digest

    def test_another_kind_there_is_not(self, get: Callable[[str], Any]) -> None:
        assert get("/audit/export/xlsx/").status_code == 404
