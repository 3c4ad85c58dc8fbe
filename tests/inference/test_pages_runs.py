"""The pages of runs."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Benchmark
from inference.enums import RunState
from inference.models import Run
from inference.services.judging import judge_all, judge_batch
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release, make_user

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


def text(client: Client, name: str, *args: int, **query: object) -> str:
    """The page as text."""
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


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


def test_what_came_from_outside_is_escaped(visitor: Client, before: Run) -> None:
    shown = text(visitor, "inference:run", before.pk)
    assert "<script>alert" not in shown and "<b>大" not in shown and "&lt;script&gt;" in shown


def queries(client: Client, address: str) -> int:
    """How many queries a page costs, once what is kept in memory is warm."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


def test_lists_cost_the_same_for_few_rows_and_many(visitor: Client) -> None:
    release = make_release()
    costs = []
    for rows in (ROWS[:2], [(query, f"{title}{n}", level) for n in range(8) for query, title, level in ROWS]):
        benchmark = make_benchmark(*rows)
        one = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
        addresses = [
            reverse("inference:runs"),
            reverse("inference:run", args=[one.pk]),
        ]
        costs.append([queries(visitor, address) for address in addresses])
    assert costs[0] == costs[1]


def test_a_benchmark_that_no_address_can_name_is_left_out(visitor: Client, benchmark: Benchmark) -> None:
    assert visitor.get(reverse("inference:rule_counts"), {"benchmark": "\0"}).status_code == 200


def test_a_run_can_be_judged_anew_in_one_click(visitor: Client, before: Run) -> None:
    assert "Judge every pair anew" in text(visitor, "inference:run", before.pk)
    posted = {"release": before.release_id, "benchmark": before.benchmark_id}
    visitor.post(reverse("inference:launch"), {**posted, "baseline": before.pk, "full": "on"})
    again = judge_all(run=Run.objects.latest("pk"))
    assert (again.full, again.baseline, again.judgments.filter(reused=True).count()) == (True, before, 0)
    levels = [list(run.judgments.order_by("pair").values_list("pair", "level")) for run in (before, again)]
    assert levels[0] == levels[1]


def test_a_baseline_over_other_pairs_is_refused(visitor: Client, before: Run) -> None:
    other = make_benchmark(*ROWS[:1], slug="other")
    visitor.post(
        reverse("inference:launch"), {"release": before.release_id, "benchmark": other.pk, "baseline": before.pk}
    )
    assert not Run.objects.filter(benchmark=other).exists()
