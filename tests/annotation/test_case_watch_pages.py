"""Pages of what bad cases come to: groups that one edit would fix, the charts, the summary of a week."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.charts import Series
from annotation.models import BadCase
from annotation.views.case_watch import told_in
from rules.models import Proposal
from rules.services.proposals import open_proposal
from tests.annotation.cases import make_case, make_triager
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def triager(client: Client) -> User:
    """Somebody signed in who may decide on bad cases."""
    person = make_triager()
    client.force_login(person)
    return person


def text(client: Client, path: str, **query: object) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def test_clusters_are_ranked_by_what_one_edit_would_fix(client: Client, triager: User) -> None:
    made = [case.pk for case in (make_case(name, f"药{name}片", by=triager) for name in "甲乙丙丁戊己")]
    for cluster, cases in (("rule|12", made[:2]), ("attribute|brand", made[2:5]), ("line|3", made[5:])):
        BadCase.objects.filter(pk__in=cases).update(cluster=cluster)
    page = text(client, reverse("annotation:case_clusters"))
    assert page.index("cluster=attribute%7Cbrand") < page.index("cluster=rule%7C12")
    assert ("cluster=line%7C3" in page, "1 open case stands alone" in page) == (False, True)


def test_cases_that_stand_alone_are_no_group(client: Client, triager: User) -> None:
    make_case(by=triager)
    BadCase.objects.update(cluster="line|3")
    page = text(client, reverse("annotation:case_clusters"))
    assert ("No two cases have the same to blame" in page, "<table" in page) == (True, False)
    assert "One edit would fix most of these" not in text(client, reverse("annotation:case_week"))


def test_an_empty_list_of_clusters_says_when_there_will_be_some(client: Client, triager: User) -> None:
    assert "Nothing to group yet" in text(client, reverse("annotation:case_clusters"))


@pytest.mark.parametrize(("state", "asks"), [("draft", True), ("published", False)])
def test_a_published_proposal_would_fix_nothing_any_more(client: Client, triager: User, state: str, asks: bool) -> None:
    proposal = open_proposal(by=make_user("rules.change_proposal", "rules.add_proposal"), title="Draft")
    Proposal.objects.filter(pk=proposal.pk).update(state=state)
    page = text(client, reverse("annotation:proposal_cases", args=[proposal.pk]))
    assert ("Which open bad cases this edit would fix" in page) == asks


@pytest.mark.parametrize("by", ["category", "cause", "nonsense"])
def test_the_watch_page_draws_what_came_in(client: Client, triager: User, by: str) -> None:
    make_case(by=triager, cause="brand")
    page = text(client, reverse("annotation:case_watch"), by=by, weeks="4")
    assert page.count('class="chart"') == (2 if by == "cause" else 1)
    assert (page.count("Nothing in these weeks."), "under an hour" in page, "0.0 days" in page) == (2, True, False)


def test_times_are_drawn_in_the_unit_that_tells_most() -> None:
    short, long = Series("short", [0.25, None]), Series("long", [3.0])
    assert told_in(short) == ("hours", [Series("short", [6.0, None])])
    assert told_in(short, long) == ("days", [short, long])


def test_the_summary_opens_on_the_last_week_in_which_something_happened(client: Client, triager: User) -> None:
    case = make_case(by=triager)
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    assert client.get(reverse("annotation:case_week")).context["this"].monday == monday
    BadCase.objects.filter(pk=case.pk).update(created_at=timezone.now() - timedelta(days=7))
    page = client.get(reverse("annotation:case_week"))
    assert page.context["this"].monday == monday - timedelta(days=7)
    assert ("That week" in page.content.decode(), "This week" in page.content.decode()) == (True, False)


def test_the_summary_of_a_week_tells_what_happened(client: Client, triager: User) -> None:
    make_case(by=triager, severity=3)
    today = timezone.localdate()
    page = text(client, reverse("annotation:case_week"), of=f"{today:%Y-%m-%d}")
    assert "1 case came in" in page
    assert "0 cases came in" in text(
        client, reverse("annotation:case_week"), of=f"{today - timedelta(days=7):%Y-%m-%d}"
    )
    assert client.get(reverse("annotation:case_week"), {"of": "2026-99-99"}).status_code == 200
