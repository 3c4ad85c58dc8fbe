"""Runs with a configuration that searches outside."""

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark
from inference.models import Judgment, OutsideAnswer, PipelineConfig, Run
from inference.pipeline.case import Case
from inference.pipeline.parameters import Parameters
from inference.selectors.replays import judgments_with, replay
from inference.services.configurations import create_configuration
from inference.services.judging import judge_all
from inference.services.judging_cases import judge_cases, known_cases
from inference.services.runs import launch_run
from rules.models import AuditEvent, Release
from tests.factories import make_benchmark, make_release, make_user
from tests.scripted_search import NO_JSON, Searx, Told

pytestmark = pytest.mark.django_db
ROWS = [
    ("舒乐欣", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("舒乐欣", "[白云山]板蓝根颗粒10g*20袋", "irrelevant"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]
PAGE = ("舒乐欣 布洛芬缓释胶囊", "舒乐欣就是布洛芬缓释胶囊", "https://example.org/")


@pytest.fixture
def told() -> Told:
    return Told([PAGE])


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def release() -> Release:
    return make_release()


@pytest.fixture
def config(searx: Searx) -> PipelineConfig:
    return create_configuration(by=None, name="outside", parameters=Parameters(outside=True), canaries=0)


def judged(benchmark: Benchmark, release: Release, config: PipelineConfig) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config))


def failures(run: Run) -> Counter[str]:
    return Counter(Judgment.objects.filter(run=run).values_list("failure", flat=True))


def test_each_query_is_asked_once_and_never_again_while_it_serves(
    searx: Searx, benchmark: Benchmark, release: Release, config: PipelineConfig
) -> None:
    first, again = judged(benchmark, release, config), judged(benchmark, release, config)
    assert sorted(searx.asked) == ["创可贴", "舒乐欣"]
    assert (failures(first), failures(again)) == (Counter({"": 3}), Counter({"": 3}))
    assert Judgment.objects.filter(run=again, reused=True).count() == 3


def test_what_was_found_teaches_a_word_and_stands_in_the_trace(
    searx: Searx, benchmark: Benchmark, release: Release, config: PipelineConfig
) -> None:
    run = judged(benchmark, release, config)
    one = Judgment.objects.filter(run=run).select_related("traced").order_by("pair")[0]
    (passage,) = [use for use in one.trace["asked"]["passages"] if use["kept"]]
    assert (one.level, passage["source"]) == ("moderately", "example.org (SearXNG)")


def test_the_page_of_a_judgment_says_what_was_found_outside_and_links_to_nothing_of_it(
    searx: Searx, benchmark: Benchmark, release: Release, config: PipelineConfig, client: Client
) -> None:
    run = judged(benchmark, release, config)
    client.force_login(make_user())
    one = Judgment.objects.filter(run=run).order_by("pair")[0]
    shown = client.get(reverse("inference:judgment", args=[one.pk])).content.decode()
    assert "found outside" in shown
    assert "example.org (SearXNG)" in shown
    assert "https://example.org" not in shown
    assert "outside%3A" not in shown


def test_a_run_is_replayed_when_every_answer_is_gone_and_the_service_with_them(
    searx: Searx, benchmark: Benchmark, release: Release, config: PipelineConfig, settings
) -> None:
    run = judged(benchmark, release, config)
    OutsideAnswer.objects.all().delete()
    settings.OUTSIDE_SEARCH = ""
    ids = list(Judgment.objects.filter(run=run).values_list("pk", flat=True))
    assert [one.same for one in replay(judgments_with(ids))] == [True] * 3


def test_where_it_is_asked_in_vain_the_pairs_fail_and_another_run_asks_again(
    searx: Searx, told: Told, benchmark: Benchmark, release: Release, config: PipelineConfig
) -> None:
    told.answer = NO_JSON
    assert failures(judged(benchmark, release, config)) == Counter({"stage_search_denied": 3})
    OutsideAnswer.objects.all().delete()
    told.answer = [PAGE]
    assert failures(judged(benchmark, release, config)) == Counter({"": 3})


def test_no_run_is_launched_where_the_setting_is_gone(
    benchmark: Benchmark, release: Release, config: PipelineConfig, settings
) -> None:
    settings.OUTSIDE_SEARCH = ""
    with pytest.raises(ValidationError):
        launch_run(by=None, release=release, benchmark=benchmark, config=config)


def test_a_page_an_api_and_a_command_judge_as_the_run_did(
    searx: Searx, benchmark: Benchmark, release: Release, config: PipelineConfig
) -> None:
    case = Case(*ROWS[0][:2])
    (unknown,) = known_cases(cases=[case], config=config, release=release)
    (judged_alone,) = judge_cases(by=None, cases=[case], config=config, release=release, quick=True)
    (known,) = known_cases(cases=[case], config=config, release=release)
    one = Judgment.objects.filter(run=judged(benchmark, release, config)).order_by("pair")[0]
    assert unknown.unknown
    assert list(AuditEvent.objects.filter(verb="config.asked").values_list("data__calls", flat=True)) == [1]
    assert known.key == judged_alone.key == one.key
    assert sorted(searx.asked) == ["创可贴", "舒乐欣"]


def test_who_may_launch_no_run_has_nothing_asked(searx: Searx, release: Release, config: PipelineConfig) -> None:
    with pytest.raises(PermissionDenied):
        judge_cases(by=make_user(), cases=[Case(*ROWS[0][:2])], config=config, release=release)
    assert searx.asked == []


def test_the_default_configuration_asks_nothing_outside(searx: Searx, benchmark: Benchmark, release: Release) -> None:
    judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    assert searx.asked == []
