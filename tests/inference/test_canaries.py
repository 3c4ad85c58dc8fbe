"""Canaries: which pairs they are, that every run judges them anew, and what they say of the judge."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark, BenchmarkPair, Label, Pair
from inference.models import Judgment, JudgmentTrace, PipelineConfig, Run
from inference.pipeline.parameters import Parameters
from inference.selectors.canaries import Moved, canary_of, moved_by_the_judge, sample_for
from inference.services.comparing import compare_runs
from inference.services.configurations import create_configuration
from inference.services.judging import judge_all
from inference.services.runs import default_config, launch_run
from rules.models import Release
from tests.factories import make_benchmark, make_pair, make_release, make_user

pytestmark = pytest.mark.django_db

LEVELS = ("highly", "weakly", "irrelevant")
ROWS = [("布洛芬", f"布洛芬片{n}片", LEVELS[n % 3]) for n in range(30)]


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def release() -> Release:
    return make_release()


def run_on(benchmark: Benchmark, release: Release, config: PipelineConfig | None = None) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config))


def add(benchmark: Benchmark, *rows: tuple[str, str, str]) -> None:
    for query, title, level in rows:
        pair = make_pair(query, title)
        label = Label.objects.create(benchmark=benchmark, pair=pair, level=level)
        BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)


def sampled(benchmark: Benchmark, size: int) -> tuple[int, ...]:
    config = create_configuration(by=None, name=f"{size} of {benchmark}", parameters=Parameters(), canaries=size)
    return sample_for(Run(benchmark=benchmark, config=config, total=benchmark.members.count()))


def canaries(run: Run) -> list[int]:
    return sorted(run.judgments.filter(canary=True).values_list("pair_id", flat=True))


def move(run: Run, pair: int, level: str) -> Judgment:
    """The same run with another answer for one pair, as a judge that moved would have given it."""
    one = run.judgments.get(pair=pair)
    Judgment.objects.filter(pk=one.pk)._raw_delete("default")
    return Judgment.objects.create(
        run=run,
        pair_id=pair,
        level=level,
        key=one.key,
        canary=one.canary,
        traced=JudgmentTrace.objects.create(key=one.key, content=one.trace),
    )


def test_every_class_has_its_canaries(benchmark: Benchmark) -> None:
    levels = Pair.objects.filter(pk__in=sampled(benchmark, 3)).values_list("memberships__label__level", flat=True)
    assert sorted(levels) == sorted(LEVELS)


def test_a_thin_class_is_made_up_for_by_the_others() -> None:
    rows = [("布洛芬", f"布洛芬片{n}片", "irrelevant" if n else "highly") for n in range(40)]
    assert len(sampled(make_benchmark(*rows), 4)) == 4


def test_they_are_at_most_one_pair_in_ten(benchmark: Benchmark) -> None:
    assert [len(sampled(benchmark, size)) for size in (0, 2, 20)] == [0, 2, 3]


def test_which_they_are_does_not_depend_on_the_order_they_came_in(benchmark: Benchmark) -> None:
    other = make_benchmark(slug="other")
    for member in benchmark.members.order_by("-pk"):
        BenchmarkPair.objects.create(benchmark=other, pair=member.pair, label=member.label)
    assert sampled(other, 3) == sampled(benchmark, 3)


def test_they_stay_while_the_benchmark_grows(benchmark: Benchmark, release: Release) -> None:
    before = canaries(run_on(benchmark, release))
    add(benchmark, *((f"布洛芬{n}", f"布洛芬胶囊{n}粒", LEVELS[n % 3]) for n in range(20)))
    after = canaries(run_on(benchmark, release))
    assert len(before) == 3
    assert len(after) == 5
    assert set(before) < set(after)


def test_a_rerun_judges_them_and_nothing_else(benchmark: Benchmark, release: Release) -> None:
    first, second = run_on(benchmark, release), run_on(benchmark, release)
    assert canaries(first) == canaries(second)
    assert sorted(second.judgments.filter(reused=False).values_list("pair_id", flat=True)) == canaries(second)


def test_none_are_judged_where_they_are_switched_off(benchmark: Benchmark, release: Release) -> None:
    config = create_configuration(by=None, name="none", parameters=Parameters(), canaries=0)
    run_on(benchmark, release, config)
    assert not run_on(benchmark, release, config).judgments.filter(reused=False).exists()


def test_a_judge_that_answers_as_before_did_not_move(benchmark: Benchmark, release: Release) -> None:
    found = canary_of(run_on(benchmark, release), run_on(benchmark, release))
    assert (found.judged, found.moved, found.judge_moved) == (3, (), False)


def test_a_canary_with_another_level_under_the_same_key_moved(benchmark: Benchmark, release: Release) -> None:
    before, after = run_on(benchmark, release), run_on(benchmark, release)
    was = before.judgments.get(pair=canaries(after)[0])
    now = move(after, was.pair_id, "irrelevant")
    told = Moved(was.pair.query.text, was.pair.product.title, was.level, "irrelevant", now.pk, was.pair_id)
    assert canary_of(before, after).moved == (told,)
    assert moved_by_the_judge(before, after) == {was.pair_id}


def test_swapped_it_is_told_the_other_way_round(benchmark: Benchmark, release: Release) -> None:
    before, after = run_on(benchmark, release), run_on(benchmark, release)
    pair = canaries(after)[0]
    move(after, pair, "irrelevant")
    moved = canary_of(after, before).moved[0]
    assert (moved.before, moved.after) == ("irrelevant", before.judgments.get(pair=pair).level)


def test_a_canary_that_a_rule_moved_says_nothing_of_the_judge(benchmark: Benchmark, release: Release) -> None:
    before, after = run_on(benchmark, release), run_on(benchmark, release)
    one = after.judgments.get(pair=canaries(after)[0])
    Judgment.objects.filter(pk=one.pk)._raw_delete("default")
    Judgment.objects.create(run=after, pair=one.pair, level="irrelevant", key="another", canary=True, traced=one.traced)
    assert canary_of(before, after).judged == 2
    assert not canary_of(before, after).judge_moved


def test_pages_say_that_the_judge_moved_and_on_which_pairs(
    client: Client, benchmark: Benchmark, release: Release
) -> None:
    client.force_login(make_user())
    before, after = run_on(benchmark, release), run_on(benchmark, release)
    now = move(after, canaries(after)[0], "irrelevant")
    compare_runs(by=make_user(), before=before, after=after)
    pages = [reverse("inference:run", args=[after.pk]), reverse("inference:compare", args=[before.pk, after.pk])]
    for page in pages:
        text = client.get(page).content.decode()
        assert "The judge moved." in text
        assert reverse("inference:judgment", args=[now.pk]) in text


def test_pages_say_that_it_did_not(client: Client, benchmark: Benchmark, release: Release) -> None:
    client.force_login(make_user())
    run_on(benchmark, release)
    page = client.get(reverse("inference:run", args=[run_on(benchmark, release).pk])).content.decode()
    assert "the judge did not move" in page


def test_a_configuration_says_how_many(client: Client) -> None:
    client.force_login(make_user("inference.add_pipelineconfig"))
    form = {"name": "seven", "on": [], "name_overlap": "0.5", "canaries": "7"}
    client.post(reverse("inference:new_configuration"), form)
    assert PipelineConfig.objects.get(name="seven").canaries == 7
    assert default_config().canaries == 20


def test_the_answer_of_a_comparison_leaves_out_what_the_judge_moved(
    client: Client, benchmark: Benchmark, release: Release
) -> None:
    first, second = run_on(benchmark, release), run_on(benchmark, release)
    for pair in list(second.judgments.order_by("pair").values_list("pair_id", flat=True))[:8]:
        move(second, pair, "irrelevant")
    compare_runs(by=make_user(), before=first, after=second)
    client.force_login(make_user())
    page = client.get(reverse("inference:compare", args=[first.pk, second.pk]))
    assert (page.context["by_judge"], page.context["verdict"].flips.count) == (8, 0)
    assert "The answer leaves them out." in page.content.decode()
