"""Pages of bad cases: the inbox, what its keys send, reporting, one case."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.enums import CaseState, Cause, Severity
from annotation.models import BadCase, CaseReport, CaseView
from annotation.services.triage import Sorted, triage
from tests.annotation.cases import make_case, make_triager
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
INBOX = "/bad-cases/"


@pytest.fixture
def triager(client: Client) -> User:
    """Somebody signed in who may decide on bad cases."""
    person = make_triager()
    client.force_login(person)
    return person


def act(client: Client, do: str, *cases: BadCase, current: BadCase | None = None, **said: object) -> BadCase | None:
    """Send what a key sends; the first case as it is then."""
    data = {"do": do, "cases": [one.pk for one in cases], "current": current.pk if current else "", **said}
    response = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX)
    assert response.status_code == 200, response.content.decode()
    first = (*cases, current)[0]
    return BadCase.objects.get(pk=first.pk) if first else None


def text(client: Client, path: str = INBOX, **query: object) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def many(count: int, by: User) -> list[BadCase]:
    names = "甲乙丙丁戊己庚辛壬癸"
    return [
        make_case(f"{names[n // 10]}{names[n % 10]}", f"药{names[n % 10]}{names[n // 10]}片", by=by)
        for n in range(count)
    ]


def test_the_inbox_needs_a_sign_in(client: Client) -> None:
    assert client.get(INBOX).status_code == 302


def test_an_empty_inbox_says_how_cases_come_in(client: Client, triager: User) -> None:
    assert "No bad case is open" in text(client)
    assert "No case matches" in text(client, q="nowhere")


def test_the_most_harmful_case_is_on_top_and_open(client: Client, triager: User) -> None:
    make_case("一", "甲片", by=triager)
    harmful = make_case("二", "乙片", by=triager, severity=3)
    page = text(client)
    assert page.index(f'id="case-{harmful.pk}"') < page.index('id="case-head"')
    assert f'data-case="{harmful.pk}" data-edition="1" data-note=""' in page
    assert "1 open case could harm a patient" in page


def test_a_harmful_case_that_waits_alarms(client: Client, triager: User) -> None:
    case = make_case(by=triager, severity=3)
    BadCase.objects.filter(pk=case.pk).update(created_at="2026-01-01T00:00Z")
    assert "1 of them waits for more than a day" in text(client)
    assert "waits for too long" in text(client, case=case.pk)


def test_the_address_holds_the_filter(client: Client, triager: User) -> None:
    mine, other = make_case("一", "甲片", by=triager, cause="brand"), make_case("二", "乙片", by=triager)
    page = text(client, cause="brand")
    assert (f'id="case-{mine.pk}"' in page, f'id="case-{other.pk}"' in page) == (True, False)
    assert f"?cause=brand&amp;case={mine.pk}" in page


def test_a_list_costs_the_same_for_one_row_and_thirty(client: Client, triager: User) -> None:
    many(1, triager)
    first = queries(client, INBOX)
    many(30, triager)
    assert queries(client, INBOX) == first


def test_pages_of_the_inbox_follow_each_other(client: Client, triager: User) -> None:
    cases = many(52, triager)
    assert BadCase.objects.filter(state=CaseState.NEW).count() == 52
    page = text(client)
    assert f"after={cases[49].pk}" in page
    rest = text(client, after=cases[49].pk)
    assert [f'id="case-{one.pk}"' in rest for one in cases[48:]] == [False, False, True, True]


@pytest.mark.parametrize(
    ("do", "changed"),
    [
        ("cause:brand", {"cause": "brand", "state": CaseState.TRIAGED}),
        ("severity:3", {"severity": Severity.HARMFUL}),
        ("expected:irrelevant", {"expected": "irrelevant"}),
        ("state:triaged", {"state": CaseState.TRIAGED}),
        ("note", {"note": "why so"}),
        ("enter", {"note": "why so"}),
    ],
)
def test_a_key_acts_on_the_open_case(client: Client, triager: User, do: str, changed: dict[str, object]) -> None:
    case = make_case(by=triager)
    after = act(client, do, current=case, note="why so")
    assert {name: getattr(after, name) for name in changed} == changed


def test_a_key_acts_on_those_marked_and_not_on_the_open_one(client: Client, triager: User) -> None:
    opened, *marked = many(3, triager)
    act(client, "cause:brand", *marked, current=opened)
    assert [one.cause for one in BadCase.objects.order_by("pk")] == ["", Cause.BRAND, Cause.BRAND]


def test_assigned_to_me_and_to_nobody(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    assert act(client, "assign:me", current=case).assignee == triager
    assert act(client, "assign:nobody", current=case).assignee is None


def test_marked_ones_are_merged_into_the_open_one_and_that_is_undone(client: Client, triager: User) -> None:
    opened, *marked = many(3, triager)
    assert act(client, "merge", *marked, current=opened).master_id == opened.pk
    assert BadCase.objects.get(pk=opened.pk).reports == 3
    act(client, "undo", current=opened)
    assert [one.master_id for one in BadCase.objects.order_by("pk")] == [None, None, None]


def test_declining_takes_a_reason(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    data = {"do": "decline", "current": case.pk}
    response = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX)
    assert (response.status_code, "Say why." in response.content.decode()) == (422, True)
    assert act(client, "enter", current=case, why="It is right.").state == CaseState.DECLINED
    assert act(client, "reopen", current=case).state == CaseState.TRIAGED


def test_looked_at_leaves_alone_what_is_settled(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    act(client, "decline", current=case, why="It is right.")
    assert act(client, "state:triaged", current=case).state == CaseState.DECLINED


def test_what_somebody_changed_meanwhile_is_not_written_over(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    triage(by=triager, cases=[case.pk], to=Sorted(severity=3))
    data = {"do": "severity:1", "current": case.pk, "seen": f"{case.pk}:1"}
    response = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX)
    assert "Somebody changed" in response.content.decode()
    assert BadCase.objects.get(pk=case.pk).severity == Severity.HARMFUL


def test_an_answer_brings_rows_and_head_up_to_date(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    data = {"do": "cause:brand", "current": case.pk, "next": "/bad-cases/?severity=2"}
    page = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX).content.decode()
    assert f"?severity=2&amp;case={case.pk}" in page
    assert page.count('hx-swap-oob="true"') == 3
    assert f'data-case="{case.pk}" data-edition="2"' in page


def test_without_a_script_one_comes_back_to_the_list(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    data = {"do": "cause:brand", "current": case.pk, "next": "/bad-cases/?severity=2"}
    response = client.post(reverse("annotation:act_on_cases"), data)
    assert response.url == f"/bad-cases/?severity=2&case={case.pk}"
    elsewhere = client.post(reverse("annotation:act_on_cases"), {**data, "next": "//example.org/"})
    assert elsewhere.url == INBOX
    assert client.post(reverse("annotation:act_on_cases"), {**data, "next": "no address"}).status_code == 302
    fragment = client.post(reverse("annotation:act_on_cases"), {**data, "next": "http://["}, HTTP_HX_REQUEST="true")
    assert fragment.status_code == 200


def test_who_may_only_look_sees_no_tools_and_changes_nothing(client: Client) -> None:
    case = make_case(by=make_triager())
    client.force_login(make_user())
    assert 'id="case-form"' not in text(client)
    data = {"do": "cause:brand", "current": case.pk}
    response = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX)
    assert "You may not do this." in response.content.decode()
    assert BadCase.objects.get(pk=case.pk).cause == ""


def test_nonsense_is_told(client: Client, triager: User) -> None:
    data = {"do": "dance", "cases": ["x", "9" * 30], "seen": ["a:b"]}
    response = client.post(reverse("annotation:act_on_cases"), data, headers=HTMX)
    assert (response.status_code, "Choose what to do." in response.content.decode()) == (422, True)


def test_a_case_tells_what_was_done(client: Client, triager: User) -> None:
    case = make_case("<b>x</b>", "甲片", by=triager)
    act(client, "cause:brand", current=case)
    page = text(client, reverse("annotation:case", args=[case.pk]))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert page.count('value="undo:') == 1
    assert client.get("/bad-cases/999999/").status_code == 404


def test_a_pair_is_reported_with_two_requests(client: Client, triager: User) -> None:
    pair = make_pair()
    form = text(client, reverse("annotation:report_case"), pair=pair.pk, given="highly", place="/pairs/1/")
    assert ("芬必得" in form, 'data-key="6"' in form) == (True, True)
    said = {
        "pair": pair.pk,
        "given": "highly",
        "place": "/pairs/1/",
        "key": "k1",
        "expected": "irrelevant",
        "severity": "3",
    }
    for _ in range(2):
        assert client.post(reverse("annotation:report_case"), said, headers=HTMX).status_code == 200
    case = BadCase.objects.get()
    assert (case.given, case.expected, case.severity, case.place) == ("highly", "irrelevant", 3, "/pairs/1/")
    assert CaseReport.objects.count() == 1


def test_texts_that_are_not_stored_are_reported_too(client: Client, triager: User) -> None:
    client.post(reverse("annotation:report_case"), {"query": "发烧", "title": "[青禾]布洛芬片", "key": "k1"})
    case = BadCase.objects.get()
    assert (case.pair.query.text, case.pair.product.title) == ("发烧", "[青禾]布洛芬片")


def test_a_report_from_nowhere_asks_for_the_pair(client: Client, triager: User) -> None:
    assert reverse("annotation:report_case") in text(client)
    form = text(client, reverse("annotation:report_case"))
    assert 'type="hidden" name="query"' not in form and 'name="query"' in form and 'name="title"' in form
    said = {"query": "头孢", "title": "[青禾]头孢克肟片", "expected": "weakly", "key": "k2"}
    client.post(reverse("annotation:report_case"), said)
    assert BadCase.objects.values_list("pair__query__text", "expected").get() == ("头孢", "weakly")


def test_a_report_is_about_something(client: Client, triager: User) -> None:
    response = client.post(reverse("annotation:report_case"), {"pair": "", "query": "发烧"})
    assert (response.status_code, BadCase.objects.count()) == (422, 0)


def test_a_view_is_kept_and_forgotten(client: Client) -> None:
    client.force_login(make_user("annotation.view_badcase"))
    client.post(
        reverse("annotation:keep_case_view"), {"name": "Harm", "shared": "on", "severity": "3", "state": "open"}
    )
    view = CaseView.objects.get()
    assert (view.query, view.shared) == ("severity=3", True)
    assert 'href="?severity=3">Harm</a>' in text(client)
    for _click in range(2):
        response = client.post(reverse("annotation:forget_case_view", args=[view.pk]))
        assert (response.status_code, CaseView.objects.count()) == (302, 0)
