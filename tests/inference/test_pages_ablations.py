"""The pages of ablations, and the tables of the paper on a run's page."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Benchmark
from inference.enums import RunState
from inference.models import Ablation
from inference.pipeline.ablation import ABLATION
from inference.selectors.measures import measures
from inference.services.ablations import launch_ablation
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
ROWS = [
    ("布洛芬", "布洛芬片100片", "highly"),
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant"),
    ("布洛芬胶囊", "布洛芬片20片", "moderately"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
    ("", "[邦迪]苯扎氯铵贴10片", "highly"),
]
POLL = {"HX-Request": "true", "HX-Target": "table"}


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def user() -> User:
    return make_user("inference.launch_run", "inference.cancel_run")


@pytest.fixture
def visitor(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: int, **query: object) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_an_ablation_is_launched_watched_and_cancelled(visitor: Client, benchmark: Benchmark) -> None:
    chosen = {"release": make_release().pk, "benchmark": benchmark.pk}
    first, second = (visitor.post(reverse("inference:launch_ablation"), chosen) for _click in range(2))
    ablation = Ablation.objects.get()
    address = reverse("inference:ablation", args=[ablation.pk])
    assert first["Location"] == second["Location"] == address
    during = visitor.get(address, headers=POLL).content.decode()
    judge_all(run=ablation.runs.order_by("pk")[0])
    later = visitor.get(address, headers=POLL).content.decode()
    assert ("every 1s" in during, "<html" in during) == (True, False)
    assert f"1 of {2 * len(ABLATION)} runs finished" in later
    visitor.post(reverse("inference:cancel_ablation", args=[ablation.pk]))
    ended = visitor.get(address, headers=POLL)
    assert (ended.status_code, ended["HX-Refresh"]) == (286, "true")
    assert "every 1s" not in page(visitor, "inference:ablation", ablation.pk)
    assert set(ablation.runs.values_list("state", flat=True)) == {RunState.FINISHED, RunState.CANCELLED}
    assert page(visitor, "inference:ablations").count("data-open") == 1


def test_a_launch_needs_the_permission_and_something_to_judge(client: Client, benchmark: Benchmark) -> None:
    client.force_login(make_user())
    chosen = {"release": make_release().pk, "benchmark": benchmark.pk}
    assert client.post(reverse("inference:launch_ablation"), chosen).status_code == 403
    assert client.get(reverse("inference:launch_ablation")).status_code == 405
    client.force_login(make_user("inference.launch_run"))
    client.post(reverse("inference:launch_ablation"), {"release": "x"})
    assert not Ablation.objects.exists()
    assert "No ablation yet" in page(client, "inference:ablations")


def test_steps_stay_out_of_the_lists_and_cost_no_query_each(visitor: Client, benchmark: Benchmark, user: User) -> None:
    release = make_release()
    plain = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    ablation = launch_ablation(by=user, release=release, benchmark=benchmark)
    pages = [reverse("inference:ablation", args=[ablation.pk]), reverse("inference:ablations")]
    pages += [reverse("inference:configurations") + "?steps=1", reverse("inference:runs")]
    before = [queries(visitor, address) for address in pages]
    for run in ablation.runs.order_by("pk")[:4]:
        judge_all(run=run)
    cache.clear()
    after = [queries(visitor, address) for address in pages]
    assert all(few >= many for few, many in zip(before, after, strict=True))
    assert re.findall(r"/runs/(\d+)/", page(visitor, "inference:runs")) == [str(plain.pk)]
    shown = page(visitor, "inference:ablation", ablation.pk)
    assert 'class="chart"' in shown
    assert shown.count("<tr>") == len(ABLATION) + 2


def test_a_finished_run_shows_the_tables_of_the_paper_counted_once(
    visitor: Client, benchmark: Benchmark, django_assert_num_queries
) -> None:
    run = judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark))
    shown = page(visitor, "inference:run", run.pk)
    assert "The tables of the paper" in shown
    assert "Western medicines" in shown
    assert shown.count('class="chart"') == 2
    assert not re.search(r"<style|<script(?! src)| style=", shown)
    with django_assert_num_queries(0):
        found = measures(run)
    assert {name: scores.pairs for name, scores in found.categories.items()} == {"西药": 3, "器械": 1, "其他": 1}
    assert (found.scores.pairs, found.scores.failed, found.hard.pairs) == (5, 1, 3)
    assert sum(one.pairs for one in found.reliability) == 4
