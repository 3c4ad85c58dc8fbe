"""Which rules made a judgment so, and the flips a rule: selectors and pages."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from annotation.models import Benchmark
from inference.attribution import Part
from inference.comparison import Change
from inference.models import Comparison, Judgment, JudgmentTrace, Run
from inference.pipeline.stability import stability_of
from inference.selectors.attribution import rules_at_work
from inference.selectors.flips import FlipsByRule, flips_by_rule
from inference.selectors.introductions import introductions
from inference.selectors.model_answers import repeated_answers
from inference.services.comparing import compare_runs
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release, ReleaseEntry
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db

ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("布洛芬", "布洛芬片100片", "irrelevant"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
]


def content(effect: Effect, word: str = "布洛芬") -> RuleContent:
    condition = Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(title="A rule", conditions=(condition,), effect=effect)


FORBID = content(Effect(EffectKind.FORBID))
FORCE = content(Effect(EffectKind.FORCE, Level.WEAKLY))
CAP = content(Effect(EffectKind.CAP, Level.IRRELEVANT), "缓释")
ADVISE = content(Effect(EffectKind.ADVISE))


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user())
    return client


def judged(benchmark: Benchmark, *rules: RuleContent) -> Run:
    return judge_all(run=launch_run(by=None, release=make_release(*rules), benchmark=benchmark))


def compared(before: Run, after: Run) -> Comparison:
    return compare_runs(by=make_user(), before=before, after=after)


def found_between(before: Run, after: Run) -> FlipsByRule:
    return flips_by_rule(compared(before, after))


def first(run: Run) -> Judgment:
    return run.judgments.order_by("pair").first()


def numbers(run: Run) -> list[int]:
    return sorted(run.release.entries.values_list("rule__number", flat=True))


def page(client: Client, name: str, *args: int, htmx: bool = False, **query: object) -> str:
    headers = {"accept-language": "en"} | ({"HX-Request": "true"} if htmx else {})
    response = client.get(reverse(name, args=args), query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def words(text: str) -> str:
    return " ".join(strip_tags(text).split())


def test_the_rules_of_a_stored_judgment(benchmark: Benchmark) -> None:
    run = judged(benchmark, FORBID, FORCE, ADVISE)
    forbid, force, advise = numbers(run)
    found = rules_at_work(first(run)).attribution
    assert found is not None
    assert {one.number: (one.part, one.without, one.behind) for one in found.parts} == {
        forbid: (Part.DECISIVE, Level.WEAKLY, ()),
        force: (Part.MASKED, Level.IRRELEVANT, (forbid,)),
        advise: (Part.SILENT, Level.IRRELEVANT, ()),
    }
    assert (found.smallest.sets, found.bare, found.exhaustive) == ((frozenset({forbid}),), Level.HIGHLY, True)


def test_it_is_kept_by_the_key(benchmark: Benchmark, django_assert_num_queries) -> None:
    one = Judgment.objects.select_related("run__release", "run__config", "traced").get(pk=first(judged(benchmark, FORBID)).pk)  # fmt: skip
    found = rules_at_work(one)
    with django_assert_num_queries(0):
        assert rules_at_work(one) == found


def test_what_can_not_be_read_again_is_not_guessed(benchmark: Benchmark) -> None:
    one = first(judged(benchmark, FORBID))
    traced = JudgmentTrace.objects.create(key="other", content=one.trace, case={**one.traced.case, "title": "创可贴"})
    other = Judgment.objects.create(
        run=judged(make_benchmark(*ROWS)), pair=make_benchmark(*ROWS).members.first().pair, key="other", level=one.level, traced=traced
    )  # fmt: skip
    assert rules_at_work(other).attribution is None


def told(
    run: Run, pair: Judgment, level: Level, answer: Level, recalled: list[dict[str, object]], key: str
) -> Judgment:
    """A judgment by a model: its answer, and what the rules left of it."""
    trace = {
        "model": {"model": "scripted"},
        "recalled": recalled,
        "compared": [],
        "proposed": answer.value,
        "level": level.value,
        "line": 0,
        "steps": [],
    }
    traced = JudgmentTrace.objects.create(key=key, content=trace, case=pair.traced.case)
    return Judgment.objects.create(run=run, pair=pair.pair, key=key, level=level, traced=traced, case="same")


def test_of_a_model_only_what_was_asked_or_is_settled_is_told(benchmark: Benchmark) -> None:
    lexical = judged(benchmark, FORBID, ADVISE)
    forbid, advise = numbers(lexical)
    one = first(lexical)
    run = Run.objects.create(config=lexical.config, release=lexical.release, benchmark=benchmark, knowledge="k")
    made = told(run, one, Level.IRRELEVANT, Level.WEAKLY, one.trace["recalled"], "model")
    found = rules_at_work(made)
    assert found.attribution is not None and found.held is not None
    assert {part.number: (part.part, part.without) for part in found.attribution.parts} == {
        forbid: (Part.UNKNOWN, None),
        advise: (Part.UNKNOWN, Level.IRRELEVANT),
    }
    assert found.attribution.smallest.sets == (frozenset({forbid}),)
    assert {part.number: (part.part, part.without) for part in found.held.parts} == {
        forbid: (Part.DECISIVE, Level.WEAKLY),
        advise: (Part.SILENT, Level.IRRELEVANT),
    }


def test_answers_to_the_same_question_are_counted(benchmark: Benchmark) -> None:
    one = first(judged(benchmark))
    assert repeated_answers(one) is None
    for level in ("weakly", "weakly", ""):
        run = Run.objects.create(config=one.run.config, release=one.run.release, benchmark=benchmark, state="finished")
        failure = "" if level else "timeout"
        Judgment.objects.create(run=run, pair=one.pair, key=one.key, level=level, failure=failure, traced=one.traced)
    assert repeated_answers(one) == stability_of([Level.HIGHLY, Level.WEAKLY, Level.WEAKLY, None])


def test_flips_a_rule(benchmark: Benchmark) -> None:
    before = judged(benchmark)
    after = judged(benchmark, FORBID, CAP)
    forbid, cap = numbers(after)
    found = found_between(before, after)
    lines = {line.number: (dict(line.alone), dict(line.jointly)) for line in found.totals.rules}
    assert lines == {forbid: ({Change.FIXED: 1}, {Change.BROKEN: 1}), cap: ({}, {Change.BROKEN: 1})}
    assert (found.moved, found.looked_at, found.totals.unknown, found.totals.no_rule) == (2, 2, {}, {})


def test_a_rule_that_went_has_the_flip(benchmark: Benchmark) -> None:
    before, after = judged(benchmark, FORBID), judged(benchmark)
    (line,) = found_between(before, after).totals.rules
    assert (line.number, line.alone) == (numbers(before)[0], {Change.FIXED: 1, Change.BROKEN: 1})


def test_a_judge_that_moved_leaves_no_credit(benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark, FORBID)
    last = after.judgments.order_by("pair").last()
    Run.objects.filter(pk=after.pk).update(total=4)
    after.refresh_from_db()
    noisy = Run.objects.create(config=after.config, release=after.release, benchmark=benchmark, state="finished")
    for one in after.judgments.select_related("traced"):
        level = "weakly" if one.pk == last.pk else one.level
        Judgment.objects.create(run=noisy, pair=one.pair, key=one.key, level=level, expected=one.expected, case=one.case, traced=one.traced)  # fmt: skip
    totals = found_between(before, noisy).totals
    assert (totals.judge_moved, totals.rules, totals.no_rule) == (1, (), {Change.BROKEN: 1})
    assert totals.withheld == {Change.FIXED: 1, Change.BROKEN: 1}


def test_what_a_rule_did_when_it_was_introduced(benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark, FORBID)
    (number,) = numbers(after)
    assert introductions(release=after.release, benchmark=benchmark, numbers=[number]) == {}
    made = compared(before, after)
    found = introductions(release=after.release, benchmark=benchmark, numbers=[number, 99_999])
    assert {one: (of.fixed, of.broken, of.comparison) for one, of in found.items()} == {number: (1, 1, made)}
    assert introductions(release=before.release, benchmark=benchmark, numbers=[number]) == {}


def test_a_later_release_tells_the_same_of_an_older_version(benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark, FORBID)
    made = compared(before, after)
    later = Release.objects.create(number=3, base=after.release, digest="later", created_by=make_user())
    entry = after.release.entries.get()
    ReleaseEntry.objects.create(release=later, rule=entry.rule, version=entry.version)
    found = introductions(release=later, benchmark=benchmark, numbers=numbers(after))
    assert [one.comparison for one in found.values()] == [made]


def test_the_page_of_a_judgment_loads_its_rules(visitor: Client, benchmark: Benchmark) -> None:
    one = first(judged(benchmark, FORBID, FORCE))
    address = reverse("inference:judgment_rules", args=[one.pk])
    assert f'hx-get="{address}"' in page(visitor, "inference:judgment", one.pk)
    bare = first(judged(benchmark))
    assert reverse("inference:judgment_rules", args=[bare.pk]) not in page(visitor, "inference:judgment", bare.pk)
    text = page(visitor, "inference:judgment_rules", one.pk, htmx=True)
    assert "<html" not in text
    assert "This is enough for the level:" in words(text) and "acts once this one is gone" in words(text)


def test_without_scripts_it_is_a_page(visitor: Client, benchmark: Benchmark) -> None:
    one = first(judged(benchmark, FORBID))
    assert "<html" in page(visitor, "inference:judgment_rules", one.pk)
    assert "decides" in words(page(visitor, "inference:pair_rules", one.pair_id))


def test_a_pair_without_rules_says_so(visitor: Client, benchmark: Benchmark) -> None:
    one = first(judged(benchmark))
    assert "No rule was recalled" in words(page(visitor, "inference:judgment_rules", one.pk))


def test_a_failed_judgment_says_so(visitor: Client) -> None:
    one = first(judged(make_benchmark(("\u2028", "布洛芬", "highly"))))
    assert "The judgment failed" in words(page(visitor, "inference:judgment_rules", one.pk))


def test_the_flips_of_two_runs(visitor: Client, benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark, FORBID)
    address = reverse("inference:flips", args=[before.pk, after.pk])
    assert visitor.get(address).headers["Location"] == reverse("inference:compare", args=[before.pk, after.pk])
    compared(before, after)
    assert f'hx-get="{address}"' in page(visitor, "inference:compare", before.pk, after.pk)
    text = page(visitor, "inference:flips", before.pk, after.pk)
    assert f"?rule={numbers(after)[0]}" in text
    assert "pairs where it acted 1 1 0 0" in words(text.replace("<", " <"))


def test_where_nothing_moved_the_flips_say_so(visitor: Client, benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark)
    compared(before, after)
    assert "No pair has another level" in words(page(visitor, "inference:flips", before.pk, after.pk))


def test_the_library_is_told_what_each_rule_did(visitor: Client, benchmark: Benchmark) -> None:
    before, after = judged(benchmark), judged(benchmark, FORBID)
    compared(before, after)
    (number,) = numbers(after)
    text = page(visitor, "inference:introduced", number=number)
    assert f'id="introduced-{number}"' in text and "1 / 1" in words(text)
    assert reverse("inference:introduced") in page(visitor, "rules:library")


def test_many_flips_take_no_more_queries(visitor: Client) -> None:
    def queries(count: int) -> int:
        benchmark = make_benchmark(*[("布洛芬", f"布洛芬片{n}片", "highly") for n in range(count)])
        before, after = judged(benchmark), judged(benchmark, FORBID)
        compared(before, after)
        page(visitor, "inference:flips", before.pk, after.pk)
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            page(visitor, "inference:flips", before.pk, after.pk)
        return len(caught)

    assert queries(2) == queries(9)
