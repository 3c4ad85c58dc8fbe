"""The preview finds what a full judgment of both rule sets would find."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from annotation.models import Benchmark, BenchmarkPair, Label
from inference.comparison import Change
from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.chain import Chain
from inference.selectors.benchmark_pairs import labelled_pairs, understandings
from inference.selectors.preview import (
    ExampleFault,
    example_faults,
    firing_counts,
    preview_rules,
    without_rule,
)
from rules.engine.attributes import Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.factories import make_benchmark, make_pair

pytestmark = pytest.mark.django_db

ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("布洛芬", "[感康]复方氨酚烷胺片12片", "weakly"),
    ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "irrelevant"),
]


def on_query(word: str, effect: Effect, number: int = 1) -> EngineRule:
    content = RuleContent("", (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,)),), effect)
    return content.engine_rule(number=number, version=1, age_order=number)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def test_an_added_rule_is_counted_and_its_flips_are_shown(benchmark: Benchmark) -> None:
    seen = preview_rules(
        benchmark=benchmark, before=(), after=(on_query("板蓝根", Effect(EffectKind.FORBID)),), number=1
    )
    flip = seen.flips[0]
    assert (seen.pairs, seen.fires, seen.affected, len(seen.flips)) == (3, 1, 1, 1)
    assert (flip.pair.query, flip.change, flip.before.level, flip.after.level) == (
        "板蓝根", Change.FIXED, Level.HIGHLY, Level.IRRELEVANT,
    )  # fmt: skip
    assert (seen.fixed, seen.broken, seen.changed) == (1, 0, 0)


def test_pairs_that_cannot_be_judged_are_counted_apart() -> None:
    benchmark = make_benchmark(*ROWS, ("布洛芬", " ", "highly"))
    seen = preview_rules(
        benchmark=benchmark, before=(), after=(on_query("布洛芬", Effect(EffectKind.FORBID)),), number=1
    )
    assert (seen.pairs, seen.failed, seen.fires) == (3, 1, 2)


def test_a_rule_that_stays_as_it_is_touches_nothing(benchmark: Benchmark) -> None:
    rules = (on_query("布洛芬", Effect(EffectKind.FORBID)),)
    seen = preview_rules(benchmark=benchmark, before=rules, after=rules, number=1)
    assert (seen.fires, seen.affected, seen.flips) == (2, 0, ())


def test_broken_pairs_come_first(benchmark: Benchmark) -> None:
    rules = (on_query("布洛芬", Effect(EffectKind.FORBID)), on_query("板蓝根", Effect(EffectKind.FORBID), 2))
    seen = preview_rules(benchmark=benchmark, before=(), after=rules, number=1)
    assert next(flip.change for flip in seen.flips) is Change.BROKEN


def test_leaving_a_rule_out_shows_what_it_alone_does(benchmark: Benchmark) -> None:
    rules = (on_query("板蓝根", Effect(EffectKind.FORBID)), on_query("布洛芬", Effect(EffectKind.ADVISE), 2))
    assert without_rule(benchmark=benchmark, rules=rules, number=1).fixed == 1
    assert without_rule(benchmark=benchmark, rules=rules, number=2).flips == ()


def test_firing_is_counted_pair_by_pair(benchmark: Benchmark) -> None:
    rules = [on_query("布洛芬", Effect(EffectKind.ADVISE)), on_query("口罩", Effect(EffectKind.ADVISE), 2)]
    assert firing_counts(benchmark=benchmark, rules=rules) == {1: 2}


def test_a_new_pair_and_a_new_label_are_seen_at_once(benchmark: Benchmark) -> None:
    before = labelled_pairs(benchmark)
    pair = make_pair("口罩", "[稳健]医用外科口罩50只")
    label = Label.objects.create(benchmark=benchmark, pair=pair, level="highly")
    BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)
    assert len(labelled_pairs(benchmark)) == len(before) + 1
    other = Label.objects.create(benchmark=benchmark, pair=pair, level="irrelevant")
    BenchmarkPair.objects.filter(pair=pair).update(label=other)
    assert labelled_pairs(benchmark)[-1].expected is Level.IRRELEVANT


def test_the_second_look_costs_three_queries(
    benchmark: Benchmark, django_assert_num_queries: "pytest.FixtureRequest"
) -> None:
    labelled_pairs(benchmark)
    with django_assert_num_queries(3):  # type: ignore[operator]
        labelled_pairs(benchmark)


effects = st.one_of(
    st.sampled_from([Effect(EffectKind.FORBID), Effect(EffectKind.ADVISE)]),
    st.builds(
        Effect, st.sampled_from([EffectKind.CAP, EffectKind.FLOOR, EffectKind.FORCE]), st.sampled_from(list(Level))
    ),
)
rule_sets = st.lists(st.tuples(st.sampled_from(["布洛芬", "板蓝根", "口罩", "0.3g"]), effects), max_size=4).map(
    lambda rows: tuple(on_query(word, effect, number) for number, (word, effect) in enumerate(rows, start=1))
)


@given(before=rule_sets, after=rule_sets)
def test_the_preview_equals_judging_every_pair_twice(
    before: tuple[EngineRule, ...], after: tuple[EngineRule, ...]
) -> None:
    benchmark = Benchmark.objects.filter(slug="preview").first() or make_benchmark(*ROWS, slug="preview")
    chain = Chain(load_lexicon(), RuleIndex(before))
    expected = []
    for pair, understood in understandings(labelled_pairs(benchmark)):
        was = chain.judge_understood(understood).level
        now = chain.judge_understood(understood, RuleIndex(after)).level
        if was is not now:
            expected.append((pair.pair_id, was, now))
    seen = preview_rules(benchmark=benchmark, before=before, after=after, number=1)
    assert sorted((flip.pair.pair_id, flip.before.level, flip.after.level) for flip in seen.flips) == expected


def test_every_rule_of_the_demo_keeps_its_examples() -> None:
    rows = json.loads((Path(settings.BASE_DIR) / "demo" / "rules.json").read_text("utf-8"))
    contents = {row["number"]: RuleContent.from_json(row) for row in rows}
    rules = tuple(content.engine_rule(number=n, version=1, age_order=n) for n, content in contents.items())
    assert example_faults([example for one in contents.values() for example in one.examples], rules) == ()


def test_an_example_that_no_longer_holds_is_named() -> None:
    rules = (on_query("布洛芬", Effect(EffectKind.FORBID)),)
    kept, lost = (
        Example("口罩", "[稳健]医用外科口罩", Level.HIGHLY),
        Example("布洛芬", "[美林]布洛芬混悬液", Level.HIGHLY),
    )
    assert example_faults([kept, lost], rules) == (
        ExampleFault("布洛芬", "[美林]布洛芬混悬液", Level.HIGHLY, Level.IRRELEVANT, ""),
    )
