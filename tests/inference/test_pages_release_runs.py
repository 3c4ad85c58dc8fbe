"""The runs of a release on its page, followed while they run."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Benchmark
from inference.models import Run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.models import Release
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
ROWS = (("布洛芬", "布洛芬片100片", "highly"), ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"))
FOLLOWED = 'hx-trigger="every 2s"'


@pytest.fixture
def site(client: Client) -> Client:
    client.force_login(make_user())
    return client


@pytest.fixture
def release() -> Release:
    return make_release()


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def run_of(release: Release, benchmark: Benchmark, baseline: Run | None = None) -> Run:
    return launch_run(by=None, release=release, benchmark=benchmark, baseline=baseline)


def fragment(site: Client, release: Release) -> str:
    response = site.get(reverse("inference:release_runs", args=[release.number]), headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_of_a_release_asks_for_its_runs(site: Client, release: Release) -> None:
    page = site.get(reverse("rules:release", args=[release.number])).content.decode()
    assert f'hx-get="{reverse("inference:release_runs", args=[release.number])}" hx-trigger="load"' in page


def test_a_run_is_followed_until_it_has_finished(site: Client, release: Release, benchmark: Benchmark) -> None:
    run = run_of(release, benchmark)
    before = fragment(site, release)
    judge_all(run=run)
    after = fragment(site, release)
    assert (FOLLOWED in before, "0 of 2 pairs judged" in before) == (True, True)
    assert (FOLLOWED in after, "Accuracy, three classes" in after) == (False, True)


def test_at_the_end_it_leads_to_the_comparison_with_the_run_before(site: Client, benchmark: Benchmark) -> None:
    before = judge_all(run=run_of(make_release(), benchmark))
    release = make_release()
    after = judge_all(run=run_of(release, benchmark, baseline=before))
    assert reverse("inference:compare", args=[before.pk, after.pk]) in fragment(site, release)


def test_a_release_that_nothing_was_judged_under_says_so(site: Client, release: Release) -> None:
    assert "No benchmark was judged under this release yet." in fragment(site, release)


def test_by_itself_it_is_a_page(site: Client, release: Release) -> None:
    page = site.get(reverse("inference:release_runs", args=[release.number])).content.decode()
    assert f"<h1>Runs of release {release.number}</h1>" in page


def test_costs_the_same_for_one_finished_run_and_five(site: Client, release: Release, benchmark: Benchmark) -> None:
    counts = []
    for many in (1, 4):
        for _ in range(many):
            judge_all(run=run_of(release, benchmark))
        fragment(site, release)  # a finished run is counted once
        with CaptureQueriesContext(connection) as made:
            fragment(site, release)
        counts.append(len(made))
    assert counts[0] == counts[1]
