"""The page of a comparison: what it says, its filters, its rows, the files."""

import csv
import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from annotation.models import Benchmark
from inference.comparison import ORDER, Change, Said
from inference.enums import ComparisonState
from inference.models import Comparison, ComparisonRow, Run
from inference.services.comparing import compare_runs, make_comparison
from inference.services.judging import judge_all
from inference.services.runs import cancel_run, launch_run
from inference.views import compare as views
from rules.engine.attributes import Level
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.judged_runs import make_pairs, make_run, trace_of
from tests.inference.test_services_runs import FORBID_IBUPROFEN

pytestmark = pytest.mark.django_db

HIGHLY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.WEAKLY, Level.IRRELEVANT
ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant"),
    ("布洛芬", "布洛芬片100片", "highly"),
    ("布洛芬<script>alert(1)</script>", "布洛芬片 <b>大</b>", "irrelevant"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS, slug="demo")


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def visitor(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def before(benchmark: Benchmark) -> Run:
    return judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark))


@pytest.fixture
def after(before: Run, benchmark: Benchmark) -> Run:
    return judge_all(run=launch_run(by=None, release=make_release(FORBID_IBUPROFEN), benchmark=benchmark))


@pytest.fixture
def compared(before: Run, after: Run, user: User) -> Comparison:
    return compare_runs(by=user, before=before, after=after)


def address(name: str, comparison: Comparison, *more: str) -> str:
    return reverse(f"inference:{name}", args=[comparison.before_id, comparison.after_id, *more])


def page(client: Client, comparison: Comparison, **query: object) -> str:
    response = client.get(address("compare", comparison), query)
    assert response.status_code == 200
    return response.content.decode()


def rows_shown(shown: str) -> list[bool]:
    """Which of ROWS are in the table."""
    text = strip_tags(shown[shown.index('<section id="rows"') :])
    return [strip_tags(title) in text for _query, title, _level in ROWS[:2] + ROWS[3:]]


def test_pages_need_a_sign_in(client: Client, compared: Comparison) -> None:
    addresses = [address("compare", compared), address("export_comparison", compared, "csv")]
    assert [client.get(one).status_code for one in addresses] == [302, 302]


def test_it_says_the_answer_in_words(visitor: Client, compared: Comparison) -> None:
    shown = " ".join(strip_tags(page(visitor, compared)).split())
    assert "2 fixed, 1 broken of 4" in shown
    assert "no difference shown" in shown


def test_it_names_the_rule_behind_a_change(visitor: Client, compared: Comparison) -> None:
    number = compared.after.release.entries.get().rule.number
    assert f">R{number}</a>" in page(visitor, compared)


def test_texts_from_outside_are_escaped(visitor: Client, compared: Comparison) -> None:
    shown = page(visitor, compared)
    assert ("<script>alert" in shown, "<b>大" in shown, "&lt;script&gt;" in shown) == (False, False, True)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, [True, True, False]),
        ({"change": "broken"}, [False, True, False]),
        ({"change": "undecided"}, [False, False, False]),
        ({"q": "芬必得"}, [True, False, False]),
        ({"was": "less"}, [False, False, False]),
        ({"now": "irrelevant"}, [True, True, False]),
        ({"rule": "0"}, [False, False, False]),
        ({"must_hold": "yes"}, [False, False, False]),
        ({"category": "西药"}, [True, True, False]),
        ({"category": "unknown"}, [False, False, False]),
    ],
)
def test_the_address_filters_the_rows(
    visitor: Client, compared: Comparison, query: dict[str, str], rows: list[bool]
) -> None:
    assert rows_shown(page(visitor, compared, **query)) == rows


def test_categories_are_named_in_the_language_of_the_page(visitor: Client, compared: Comparison) -> None:
    shown = page(visitor, compared)
    assert (shown.count("Western medicines</"), shown.count("西药</")) == (2, 0)
    assert '<option value="西药"' in shown


def test_a_row_opens_both_traces_in_place(visitor: Client, compared: Comparison) -> None:
    row = compared.rows.get(rank=ORDER.index(Change.BROKEN))
    shown = page(visitor, compared, open=row.pair_id)
    assert shown.count('class="path"') == 2
    assert "Next pair" in shown


def test_walking_leads_from_page_to_page(visitor: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROWS_A_PAGE", 3)
    comparison = many(user, 5)
    pairs = list(comparison.rows.order_by("rank", "pair_id").values_list("pair_id", flat=True))
    shown = page(visitor, comparison, open=pairs[2])
    assert f"?open={pairs[1]}&amp;page=1#" in shown
    assert f"?open={pairs[3]}&amp;page=2#" in shown


def test_htmx_gets_the_rows_alone(visitor: Client, compared: Comparison) -> None:
    headers = {"HX-Request": "true", "HX-Target": "rows"}
    shown = visitor.get(address("compare", compared), headers=headers).content.decode()
    assert (shown.lstrip().startswith('<section id="rows"'), "<html" in shown) == (True, False)


@pytest.mark.parametrize(
    "query",
    [{"open": "x"}, {"open": "9" * 30}, {"change": "nonsense"}, {"page": "-4"}, {"rule": "x"}, {"q": "\0"}],
)
def test_a_broken_address_still_answers(visitor: Client, compared: Comparison, query: dict[str, str]) -> None:
    assert "2 fixed, 1 broken of 4" in page(visitor, compared, **query)


def test_a_pair_that_nobody_compared_is_compared_when_asked(visitor: Client, before: Run, after: Run) -> None:
    there = reverse("inference:compare", args=[after.pk, before.pk])
    assert "have not been compared yet" in visitor.get(there).content.decode()
    assert not Comparison.objects.exists()
    made = visitor.post(reverse("inference:make_comparison", args=[after.pk, before.pk]), follow=True)
    assert "1 fixed, 2 broken of 4" in made.content.decode()


def test_a_run_is_compared_with_the_one_chosen_on_its_page(visitor: Client, before: Run, after: Run) -> None:
    run_page = visitor.get(reverse("inference:run", args=[before.pk])).content.decode()
    assert f'<option value="{after.pk}"' in run_page
    chosen = visitor.post(reverse("inference:compare_with", args=[before.pk]), {"with": after.pk})
    assert chosen["Location"] == reverse("inference:compare", args=[after.pk, before.pk])
    assert Comparison.objects.get().state == ComparisonState.READY


def test_one_that_is_being_made_shows_how_far_it_came(visitor: Client, before: Run, after: Run) -> None:
    comparison = Comparison.objects.create(before=before, after=after, moved=8, stored=3)
    shown = page(visitor, comparison)
    assert ('value="3" max="8"' in shown, "every 1s" in shown) == (True, True)
    make_comparison(comparison_id=comparison.pk)
    headers = {"HX-Request": "true", "HX-Target": "comparing"}
    assert visitor.get(address("compare", comparison), headers=headers)["HX-Refresh"] == "true"


def test_different_pairs_labels_and_texts_are_said(visitor: Client, user: User) -> None:
    pairs = [pair.pk for pair in make_pairs(6)]
    said = {pair: Said(HIGHLY, HIGHLY, "one") for pair in pairs}
    then = {**said, pairs[0]: Said(WEAKLY, WEAKLY, "one"), pairs[1]: Said(WEAKLY, HIGHLY, "two")}
    del then[pairs[5]]
    comparison = compare_runs(by=user, before=make_run(said), after=make_run(then))
    shown = strip_tags(page(visitor, comparison))
    assert "1 only before, 0 only after" in shown
    assert "1 pair had another label in the later run." in shown
    assert "1 pair was judged from other texts" in shown
    assert "Compared are the 3 pairs" in shown


def test_a_cancelled_run_is_compared_as_far_as_it_came(
    visitor: Client, before: Run, benchmark: Benchmark, user: User
) -> None:
    run = cancel_run(by=None, run=launch_run(by=None, release=make_release(), benchmark=benchmark))
    comparison = compare_runs(by=user, before=before, after=run)
    assert "has not judged all of its pairs" in page(visitor, comparison)


def test_the_rows_as_a_table_are_no_formulas(visitor: Client, user: User) -> None:
    pair = make_pairs(1)[0]
    pair.product.title = "=1+1"
    pair.product.save()
    comparison = one_moved(pair.pk, user)
    file = b"".join(visitor.get(address("export_comparison", comparison, "csv")).streaming_content).decode("utf-8-sig")
    table = list(csv.DictReader(StringIO(file)))
    wanted = {"change": "broken", "title": "'=1+1", "before": "highly", "after": "weakly", "because_of": "R7 v1 > v2"}
    assert [{name: row[name] for name in wanted} for row in table] == [wanted]


def test_the_rows_as_lines_are_those_of_the_filters(visitor: Client, user: User) -> None:
    comparison = one_moved(make_pairs(1)[0].pk, user)
    there = address("export_comparison", comparison, "jsonl")
    files = [b"".join(visitor.get(there, query).streaming_content).decode() for query in ({}, {"change": "fixed"})]
    assert json.loads(files[0])["because_of"] == [{"rule": 7, "before": 1, "after": 2}]
    assert files[1] == ""


def test_there_are_no_other_files(visitor: Client, compared: Comparison) -> None:
    assert visitor.get(address("export_comparison", compared, "exe")).status_code == 404


def test_the_page_costs_the_same_for_one_row_and_thirty(visitor: Client, user: User) -> None:
    few, lots = many(user, 1), many(user, 30)
    for query in ({}, {"q": "布洛芬"}, {"open": "first"}):
        assert queries(visitor, few, query) == queries(visitor, lots, query)


def queries(client: Client, comparison: Comparison, query: dict[str, str]) -> int:
    """How many queries the page costs; `first` stands for a pair in the middle of the list."""
    rows = list(ComparisonRow.objects.filter(comparison=comparison))
    query = {name: str(rows[len(rows) // 2].pair_id) if value == "first" else value for name, value in query.items()}
    client.get(address("compare", comparison), query)
    with CaptureQueriesContext(connection) as captured:
        client.get(address("compare", comparison), query)
    return len(captured)


def many(user: User, rows: int) -> Comparison:
    """Two runs between which so many pairs moved, of a few more."""
    moving = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(rows)]
    benchmark = make_benchmark(*moving, ROWS[3])
    before, after = (
        judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
        for release in (make_release(), make_release(FORBID_IBUPROFEN))
    )
    return compare_runs(by=user, before=before, after=after)


def one_moved(pair: int, user: User) -> Comparison:
    """Two runs between which a pair broke, by a rule."""
    traces = [{pair: trace_of((7, version))} for version in (1, 2)]
    before, after = (
        make_run({pair: Said(HIGHLY, HIGHLY)}, traces=traces[0]),
        make_run({pair: Said(WEAKLY, HIGHLY)}, traces=traces[1]),
    )
    return compare_runs(by=user, before=before, after=after)
