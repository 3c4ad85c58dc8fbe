"""What the API tells: rules, releases, the policy and the audit trail."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from rules import selectors
from rules.engine.attributes import Level
from rules.engine.rule import Effect, EffectKind
from rules.models import AuditEvent, Release
from rules.origin import Channel, Origin, coming_from
from rules.selectors.audit import audit_events
from rules.selectors.exchange import release_text
from rules.services import proposals
from rules.witness import situation_from
from tests.rules.api.asking import API, refused
from tests.rules.api.conftest import allowed
from tests.rules.publishing import published_rules
from tests.rules.rows import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(program: Callable[..., APIClient]) -> APIClient:
    return program("annotator")


@pytest.fixture
def second(expert: User, release: Release) -> Release:
    return published_rules(by=expert, contents=[(1, content("Brand 999", "三九")), (3, content("Third", "y"))])


def test_the_rules_in_force_as_content(reader: APIClient, second: Release) -> None:
    told = reader.get(f"{API}/rules/").json()
    assert (told["count"], [one["number"] for one in told["results"]]) == (3, [1, 2, 3])
    first = told["results"][0]
    assert first["content"] == {**content("Brand 999", "三九").to_json(), "safety": False}
    assert (first["version"], first["created_by"], first["digest"]) == (
        2,
        "expert",
        content("Brand 999", "三九").digest,
    )


FILTERS: list[tuple[dict[str, str], list[int]]] = [
    ({"text": "third"}, [3]),
    ({"text": "R2"}, [2]),
    ({"effect": "forbid"}, []),
    ({"attribute": "brand", "effect": "cap"}, [1, 2, 3]),
    ({"release": "1"}, [1, 2]),
    ({"page_size": "1", "page": "2"}, [2]),
    ({"text": "", "effect": "", "attribute": ""}, [1, 2, 3]),
]


def test_rules_by_filter(reader: APIClient, second: Release) -> None:
    for asked, numbers in FILTERS:
        assert [one["number"] for one in reader.get(f"{API}/rules/", asked).json()["results"]] == numbers, asked


def test_a_filter_there_is_not(reader: APIClient) -> None:
    for asked in ({"effect": "x"}, {"release": "x"}, {"attribute": "size"}, {"text": "\0"}):
        answer = reader.get(f"{API}/rules/", asked)
        assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, list(asked))


def test_a_rule_with_its_versions(reader: APIClient, second: Release) -> None:
    told = reader.get(f"{API}/rules/1/").json()
    versions = reader.get(f"{API}/rules/1/versions/").json()["results"]
    assert (told["in_force"], told["newest"]) == (2, versions[0])
    assert [(v["version"], v["first_release"], v["last_release"]) for v in versions] == [(2, 2, 2), (1, 1, 1)]


def test_releases_newest_first_and_each(reader: APIClient, second: Release) -> None:
    listed = reader.get(f"{API}/releases/").json()["results"]
    assert [(one["number"], one["rules"], one["base"]) for one in listed] == [(2, 3, 1), (1, 2, 0), (0, 0, None)]
    for address in ("2/", "current/"):
        assert reader.get(f"{API}/releases/{address}").json() == listed[0]
    assert listed[0]["digest"] == second.digest


def test_the_release_that_was_in_force(reader: APIClient, second: Release) -> None:
    moment = Release.objects.get(number=1).created_at.isoformat()
    assert reader.get(f"{API}/releases/as-of/", {"at": moment}).json()["number"] == 1
    assert reader.get(f"{API}/releases/as-of/", {"at": timezone.now().isoformat()}).json()["number"] == 2
    assert reader.get(f"{API}/releases/as-of/", {"at": "2001-01-01T00:00Z"}).status_code == 404
    assert reader.get(f"{API}/releases/as-of/").status_code == 400


def test_two_releases_compared(reader: APIClient, second: Release) -> None:
    told = reader.get(f"{API}/releases/1/compare/2/").json()["results"]
    assert [(one["number"], one["kind"]) for one in told] == [(1, "edit"), (3, "add")]
    assert told[0]["before"]["conditions"][0]["values"] == ["999"]
    assert {"kind": "insert", "text": "三九"} in [span for row in told[0]["diff"] for span in row["spans"]]
    back = reader.get(f"{API}/releases/2/compare/1/").json()["results"]
    assert [(one["number"], one["kind"]) for one in back] == [(1, "edit"), (3, "retire")]


def test_a_release_as_a_file(reader: APIClient, second: Release) -> None:
    answer = reader.get(f"{API}/releases/2/export/")
    assert answer.content.decode() == release_text(second)
    assert len(yaml.safe_load(answer.content)["rules"]) == 3


def exporter() -> APIClient:
    return allowed("auditor", "export_audit")


def test_events_by_filter_and_exported(reader: APIClient, second: Release) -> None:
    told = reader.get(f"{API}/audit/", {"subject": "release:2"}).json()
    assert [one["verb"] for one in told["results"]] == ["release.published"]
    exported = b"".join(exporter().get(f"{API}/audit/export/").streaming_content).decode().splitlines()
    assert [json.loads(line)["sequence"] for line in exported] == [one.sequence for one in audit_events()]
    assert json.loads(exported[-1])["digest"] == AuditEvent.objects.get(sequence=1).digest


def test_who_may_not_export_reads_no_addresses_and_gets_no_file(reader: APIClient, expert: User) -> None:
    with coming_from(Origin(Channel.PAGE, "/proposals/", "10.1.2.3")):
        proposals.open_proposal(by=expert, title="From somewhere")
    opened = f"{API}/audit/?verb=proposal.opened"
    told, whole = (who.get(opened).json()["results"][0]["data"]["origin"] for who in (reader, exporter()))
    known = {"channel": "page", "name": "/proposals/"}
    assert (told, whole) == (known, known | {"address": "10.1.2.3"})
    assert refused(reader, f"{API}/audit/export/", method="get") == (403, "permission_denied")


def test_what_is_exported_holds_all_that_its_digest_is_of(second: Release) -> None:
    told = exporter().get(f"{API}/audit/").json()["results"][0]
    event = AuditEvent.objects.get(sequence=told["sequence"])
    assert (told["data"], told["previous"], told["actor_id"]) == (event.data, event.previous, event.actor_id)
    assert selectors.verify_chain() is None


LISTS = [
    "rules/",
    "rules/1/versions/",
    "releases/",
    "releases/1/compare/2/",
    "proposals/",
    "proposals/{pk}/changes/",
    "audit/",
]


def test_every_list_comes_in_pages(reader: APIClient, second: Release) -> None:
    for address in LISTS:
        url = f"{API}/{address.format(pk=second.proposal.pk)}"
        told = reader.get(url, {"page_size": 1}).json()
        assert told.keys() == {"count", "next", "previous", "results"}
        assert len(told["results"]) == 1
        assert reader.get(url, {"page": 10_000}).status_code == 404


def test_a_list_costs_the_same_for_one_row_and_many(reader: APIClient, expert: User, release: Release) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(f"{API}/{address}").status_code == 200
        return len(queries)

    lists = ("rules/", "releases/", "proposals/", "audit/")
    before = [cost(address) for address in lists]
    published_rules(by=expert, contents=[(n, content(f"Rule {n}", str(n))) for n in range(3, 20)])
    assert ([cost(address) for address in lists], max(before) < 8) == (before, True)


NOWHERE = [
    "rules/99/",
    "rules/99/versions/",
    "releases/99/",
    "releases/1/compare/99/",
    "releases/99/export/",
    "proposals/99/",
    "proposals/99/changes/",
    "proposals/99/changes/1/",
]


def test_what_is_not_there(reader: APIClient, release: Release) -> None:
    for address in NOWHERE:
        answer = reader.get(f"{API}/{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


PLACES = ("rules/", "rules/1/", "releases/", "releases/current/", "proposals/", "policy/", "audit/", "audit/export/")


def test_nothing_is_told_to_nobody(release: Release) -> None:
    assert {APIClient().get(f"{API}/{address}").status_code for address in PLACES} == {401}


class TestAnalysis:
    @pytest.fixture
    def at_odds(self, expert: User) -> Release:
        forced = replace(content("Floor", "999"), effect=Effect(EffectKind.FLOOR, Level.HIGHLY))
        return published_rules(by=expert, contents=[(1, content()), (2, forced)])

    def test_how_many_findings_there_are(self, reader: APIClient, at_odds: Release) -> None:
        told = reader.get(f"{API}/analysis/").json()
        counts = {one["kind"]: one["count"] for one in told["findings"]}
        assert (told["rules"], counts["kind"], counts["never"]) == (2, 1, 0)

    def test_a_finding_with_a_witness_that_runs(self, reader: APIClient, at_odds: Release) -> None:
        [told] = reader.get(f"{API}/analysis/kind/", {"release": 1}).json()["results"]
        assert (told["rule"], told["others"], told["winner"]) == (1, [2], 1)
        assert {"side": "query", "attribute": "brand", "values": ["999"], "others": []} in told["witness"]
        assert situation_from(QueryDict(told["run"]), today=timezone.localdate()) is not None

    def test_rules_or_kinds_there_are_not(self, reader: APIClient, at_odds: Release) -> None:
        for address in ["luck/", "?release=99", "?proposal=x", "kind/?release=x"]:
            assert reader.get(f"{API}/analysis/{address}").status_code == 404


def test_numbers_that_no_database_holds(reader: APIClient, release: Release) -> None:
    huge = 10**30
    addresses = {
        f"rules/{huge}/": 404,
        f"rules/?release={huge}": 400,
        f"releases/1/compare/{huge}/": 404,
        f"proposals/{huge}/changes/{huge}/": 404,
        f"audit/?person={huge}": 400,
        f"rules/?page={huge}": 404,
    }
    assert {address: reader.get(f"{API}/{address}").status_code for address in addresses} == addresses
