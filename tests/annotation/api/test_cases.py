"""The API of bad cases: a program reports what it sees, and whoever may decides on it."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from annotation.models import BadCase, CaseReport
from tests.annotation.cases import make_case, stored
from tests.programs import program

pytestmark = pytest.mark.django_db

SAID = {
    "query": "布洛芬",
    "title": "[青禾]布洛芬片 0.2g*20片",
    "given": "highly",
    "expected": "weakly",
    "severity": "harmful",
}


@pytest.fixture(autouse=True)
def unhurried() -> None:
    cache.clear()


def test_a_program_reports_what_it_sees() -> None:
    answer = program("annotator").post("/api/v1/cases/", SAID, format="json")
    told = answer.json()
    assert answer.status_code == 201
    assert {name: told[name] for name in SAID} == SAID
    assert (told["state"], told["origin"], told["reports"]) == ("new", "api", 1)


def test_sent_again_under_a_key_or_an_id_it_changes_nothing() -> None:
    client = program("annotator")
    batch = {"reports": [SAID, SAID | {"id": "7", "source": "hotline", "query": "头疼"}]}
    headers = {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/cases/reports/", batch, format="json", headers=headers).json()
    before = stored()
    again = client.post("/api/v1/cases/reports/", batch, format="json", headers=headers).json()
    assert (first["created"], first["unchanged"]) == (2, 0)
    assert again == first | {"created": 0, "unchanged": 2}
    assert stored() == before


def test_under_another_key_it_is_another_report_of_the_same_case() -> None:
    client = program("annotator")
    for key in ("k1", "k2"):
        client.post("/api/v1/cases/", SAID, format="json", headers={"Idempotency-Key": key})
    assert (BadCase.objects.get().reports, CaseReport.objects.count()) == (2, 2)


def test_a_product_that_nobody_knows_refuses_all_reports() -> None:
    batch = {"reports": [SAID, {"query": "布洛芬", "product_id": "nowhere"}]}
    answer = program("annotator").post("/api/v1/cases/reports/", batch, format="json")
    assert (answer.status_code, answer.json()["code"], BadCase.objects.count()) == (400, "product", 0)


def test_who_may_report_may_not_triage() -> None:
    client = program("annotator")
    pk = client.post("/api/v1/cases/", SAID, format="json").json()["id"]
    answer = client.post("/api/v1/cases/triage/", {"cases": [pk], "cause": "brand"}, format="json")
    assert answer.status_code == 403


def test_cases_are_triaged_and_it_is_taken_back() -> None:
    client = program("expert")
    pk = client.post("/api/v1/cases/", SAID, format="json").json()["id"]
    said = {"cases": [pk], "cause": "brand", "severity": "nuisance", "assignee": "expert", "seen": {str(pk): 1}}
    action = client.post("/api/v1/cases/triage/", said, format="json").json()
    triaged = client.get(f"/api/v1/cases/{pk}/").json()
    undone = client.post("/api/v1/cases/undo/", {"action": action["id"]}, format="json").json()
    restored = client.get(f"/api/v1/cases/{pk}/").json()
    assert (triaged["state"], triaged["cause"], triaged["severity"], triaged["assignee"]) == (
        "triaged", "brand", "nuisance", "expert",
    )  # fmt: skip
    assert (action["cases"], undone["undoes"]) == ([pk], action["id"])
    assert (restored["state"], restored["cause"], restored["severity"], restored["assignee"]) == (
        "new", "", "harmful", None,
    )  # fmt: skip


def test_an_assignee_that_can_be_nobodys_name_is_named() -> None:
    client = program("expert")
    pk = client.post("/api/v1/cases/", SAID, format="json").json()["id"]
    answer = client.post("/api/v1/cases/triage/", {"cases": [pk], "assignee": "a\0"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "assignee")


def test_what_was_changed_since_it_was_seen_is_a_conflict() -> None:
    client = program("expert")
    pk = client.post("/api/v1/cases/", SAID, format="json").json()["id"]
    client.post("/api/v1/cases/triage/", {"cases": [pk], "cause": "brand"}, format="json")
    said = {"cases": [pk], "cause": "efficacy", "seen": {str(pk): 1}}
    answer = client.post("/api/v1/cases/triage/", said, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_the_list_is_filtered_and_costs_the_same_queries_however_long(django_assert_num_queries: object) -> None:
    client = program("expert")
    by = User.objects.get(username="expert")
    for number in range(3):
        make_case(f"查询{'甲乙丙'[number]}", f"商品{'甲乙丙'[number]}", by=by, severity=number + 1)
    client.get("/api/v1/cases/")
    with django_assert_num_queries(5):  # two of them ask what the person may do
        page = client.get("/api/v1/cases/").json()
    assert [one["severity"] for one in page["results"]] == ["harmful", "misleading", "nuisance"]
    with django_assert_num_queries(5):
        page = client.get("/api/v1/cases/", {"severity": "misleading"}).json()
    assert [one["query"] for one in page["results"]] == ["查询乙"]
