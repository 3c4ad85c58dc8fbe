"""The pages of runs and comparisons."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from annotation.models import Benchmark
from inference.comparison import Change
from inference.enums import RunState
from inference.models import Run
from inference.selectors.comparisons import compare_runs
from inference.services.judging import judge_all, judge_batch
from inference.services.runs import cancel_run, launch_run
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.test_services_runs import FORBID_IBUPROFEN

pytestmark = pytest.mark.django_db

HOSTILE = "布洛芬<script>alert(1)</script>"
ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant"),
    ("布洛芬", "布洛芬片100片", "highly"),
    (HOSTILE, "创可贴 <b>大</b>", "irrelevant"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS, slug="demo")


@pytest.fixture
def user() -> User:
    return make_user("inference.launch_run", "inference.cancel_run")


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


def text(client: Client, name: str, *args: int, **query: object) -> str:
    """The page as text."""
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def comparison(client: Client, before: Run, after: Run, **query: object) -> str:
    return text(client, "inference:compare", before.pk, after.pk, **query)


@pytest.mark.parametrize("name", ["inference:runs", "inference:run", "inference:compare"])
def test_pages_need_a_sign_in(client: Client, name: str) -> None:
    args = {"inference:runs": [], "inference:run": [1], "inference:compare": [1, 2]}[name]
    assert client.get(reverse(name, args=args)).status_code == 302


def test_an_empty_list_says_what_to_do(visitor: Client) -> None:
    assert "No run yet" in text(visitor, "inference:runs")


def test_a_launch_leads_to_the_run(visitor: Client, benchmark: Benchmark, user: User) -> None:
    release = make_release()
    response = visitor.post(reverse("inference:launch"), {"release": release.pk, "benchmark": benchmark.pk})
    run = Run.objects.get()
    assert (response.url, run.release, run.created_by) == (reverse("inference:run", args=[run.pk]), release, user)


def test_a_second_click_leads_to_the_same_run(visitor: Client, benchmark: Benchmark) -> None:
    chosen = {"release": make_release().pk, "benchmark": benchmark.pk}
    first, second = (visitor.post(reverse("inference:launch"), chosen) for _click in range(2))
    assert (second.status_code, second["Location"], Run.objects.count()) == (302, first["Location"], 1)


def test_a_launch_of_nothing_is_refused(visitor: Client) -> None:
    visitor.post(reverse("inference:launch"), {"release": "7", "benchmark": "x"})
    assert not Run.objects.exists()


def test_a_launch_without_permission_is_refused(client: Client, benchmark: Benchmark) -> None:
    client.force_login(make_user())
    response = client.post(reverse("inference:launch"), {"release": make_release().pk, "benchmark": benchmark.pk})
    assert (response.status_code, Run.objects.count()) == (403, 0)


@pytest.mark.parametrize("name", ["inference:launch", "inference:cancel"])
def test_a_get_changes_nothing(visitor: Client, name: str) -> None:
    assert visitor.get(reverse(name, args=[1] if name == "inference:cancel" else [])).status_code == 405


def test_a_running_run_is_asked_after_every_second(visitor: Client, benchmark: Benchmark) -> None:
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    shown = text(visitor, "inference:run", run.pk)
    assert "every 1s" in shown
    assert "0 of 4 pairs judged" in shown


def test_the_polling_ends_with_the_run(visitor: Client, benchmark: Benchmark, settings) -> None:
    settings.JUDGE_BATCH = 3
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    judge_batch(run_id=run.pk)
    address, ask = reverse("inference:run", args=[run.pk]), {"HX-Request": "true", "HX-Target": "progress"}
    during = visitor.get(address, headers=ask)
    judge_batch(run_id=run.pk)
    at_the_end = visitor.get(address, headers=ask)
    assert (during.status_code, "3 of 4" in during.content.decode(), "<html" in during.content.decode()) == (
        200, True, False,
    )  # fmt: skip
    assert (at_the_end.status_code, at_the_end["HX-Refresh"]) == (286, "true")


def test_a_finished_run_shows_scores_and_judgments(visitor: Client, before: Run) -> None:
    shown = text(visitor, "inference:run", before.pk)
    assert "every 1s" not in shown
    assert "Mean F1" in shown
    assert ROWS[3][1] in shown


def test_judgments_are_filtered(visitor: Client, before: Run) -> None:
    shown = text(visitor, "inference:run", before.pk, verdict="wrong")
    assert ROWS[0][1] in shown
    assert ROWS[1][1] not in shown


def test_a_run_is_cancelled_on_its_page(visitor: Client, benchmark: Benchmark) -> None:
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    visitor.post(reverse("inference:cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert "4 pairs were left" in text(visitor, "inference:run", run.pk)


def test_what_came_from_outside_is_escaped(visitor: Client, before: Run, after: Run) -> None:
    pages = [text(visitor, "inference:run", before.pk), comparison(visitor, before, after, show="all")]
    assert all("<script>alert" not in shown and "<b>大" not in shown and "&lt;script&gt;" in shown for shown in pages)


def test_a_comparison_says_the_answer_in_words(visitor: Client, before: Run, after: Run) -> None:
    counts = compare_runs(before, after).counts
    assert (counts[Change.FIXED], counts[Change.BROKEN]) == (1, 1)
    assert "1 fixed, 1 broken of 4" in comparison(visitor, before, after)


def test_a_comparison_names_the_rule_behind_a_change(visitor: Client, before: Run, after: Run) -> None:
    number = after.release.entries.get().rule.number
    assert f">R{number}</a>" in comparison(visitor, before, after)


def test_a_comparison_is_filtered(visitor: Client, before: Run, after: Run) -> None:
    shown = strip_tags(comparison(visitor, before, after, show="broken"))
    assert (ROWS[1][1] in shown, ROWS[0][1] in shown, ROWS[3][1] in shown) == (True, False, False)


def test_a_row_opens_both_traces_in_place(visitor: Client, before: Run, after: Run) -> None:
    row = compare_runs(before, after).of(Change.BROKEN)[0]
    shown = comparison(visitor, before, after, open=row.pair)
    assert shown.count('class="path"') == 2
    assert "Next pair" in shown


def test_htmx_gets_the_rows_alone(visitor: Client, before: Run, after: Run) -> None:
    address = reverse("inference:compare", args=[before.pk, after.pk])
    shown = visitor.get(address, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
    assert shown.lstrip().startswith('<section id="rows"')


@pytest.mark.parametrize("query", [{"open": "x"}, {"open": "9" * 30}, {"show": "nonsense"}, {"page": "-4"}])
def test_a_broken_address_still_answers(visitor: Client, before: Run, after: Run, query: dict[str, str]) -> None:
    assert "1 fixed, 1 broken of 4" in comparison(visitor, before, after, **query)


def test_runs_over_different_pairs_say_so(visitor: Client, before: Run) -> None:
    other = judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS[:1])))
    assert "The runs judged different pairs: 4 only before, 1 only after" in comparison(visitor, before, other)


def test_a_cancelled_run_is_compared_as_far_as_it_came(visitor: Client, before: Run, benchmark: Benchmark) -> None:
    run = cancel_run(by=None, run=launch_run(by=None, release=make_release(), benchmark=benchmark))
    assert "has not judged all of its pairs" in comparison(visitor, before, run)


def queries(client: Client, address: str) -> int:
    """How many queries a page costs, once what is kept in memory is warm."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


def test_lists_cost_the_same_for_few_rows_and_many(visitor: Client) -> None:
    release, ruled = make_release(), make_release(FORBID_IBUPROFEN)
    costs = []
    for rows in (ROWS[:2], [(query, f"{title}{n}", level) for n in range(8) for query, title, level in ROWS]):
        benchmark = make_benchmark(*rows)
        one = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
        two = judge_all(run=launch_run(by=None, release=ruled, benchmark=benchmark))
        addresses = [
            reverse("inference:runs"),
            reverse("inference:run", args=[one.pk]),
            reverse("inference:compare", args=[one.pk, two.pk]),
        ]
        costs.append([queries(visitor, address) for address in addresses])
    assert costs[0] == costs[1]


def test_a_benchmark_that_no_address_can_name_is_left_out(visitor: Client, benchmark: Benchmark) -> None:
    assert visitor.get(reverse("inference:rule_counts"), {"benchmark": "\0"}).status_code == 200


def test_a_run_can_be_compared_with_any_other_over_its_pairs(visitor: Client, before: Run, after: Run) -> None:
    page = text(visitor, "inference:run", before.pk)
    assert f'<option value="{after.pk}"' in page
    chosen = visitor.get(reverse("inference:compare_with", args=[before.pk]), {"with": after.pk})
    assert chosen["Location"] == reverse("inference:compare", args=[after.pk, before.pk])


def test_a_run_can_be_judged_anew_in_one_click(visitor: Client, before: Run) -> None:
    assert "Judge every pair anew" in text(visitor, "inference:run", before.pk)
    posted = {"release": before.release_id, "benchmark": before.benchmark_id}
    visitor.post(reverse("inference:launch"), {**posted, "baseline": before.pk, "full": "on"})
    again = judge_all(run=Run.objects.latest("pk"))
    assert (again.full, again.baseline, again.judgments.filter(reused=True).count()) == (True, before, 0)
    assert compare_runs(before, again).moved == 0


def test_a_baseline_over_other_pairs_is_refused(visitor: Client, before: Run) -> None:
    other = make_benchmark(*ROWS[:1], slug="other")
    visitor.post(
        reverse("inference:launch"), {"release": before.release_id, "benchmark": other.pk, "baseline": before.pk}
    )
    assert not Run.objects.filter(benchmark=other).exists()
