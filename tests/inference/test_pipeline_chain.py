"""The chain over a small lexicon: levels by the guideline, the deciding line, rules at work, failures, keys."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case, Picture
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.trace import Agreement, Failure, Trace
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.inference.small_lexicon import SMALL

NO_RULES = RuleIndex(())
CHAIN = Chain(SMALL, NO_RULES)


def rule(number: int, effect: Effect, *, title: str = "", brand: str = "") -> EngineRule:
    condition = (
        Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=(title,))
        if title
        else Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (brand,))
    )
    return EngineRule(number=number, version=1, conditions=(condition,), effect=effect, digest=f"digest{number}")


def judged(query: str, title: str, *rules: EngineRule, chain: Chain = CHAIN) -> Trace:
    understood = chain.understand(Case(query, title))
    assert isinstance(understood, Understanding)
    return chain.judge_understood(understood, RuleIndex(rules))


@pytest.mark.parametrize(
    ("query", "title", "level", "line"),
    [
        ("布洛芬", "[石药]布洛芬片", "highly", 1),
        ("布洛芬石药", "[石药]布洛芬片", "highly", 2),
        ("退烧药", "[石药]布洛芬片", "highly", 3),
        ("感冒药", "[某厂]小儿感冒颗粒", "highly", 3),
        ("伤风", "[某厂]小儿感冒颗粒", "highly", 3),
        ("芬必得", "[芬必得]布洛芬胶囊", "highly", 1),
        ("芬必得", "[中美史克]布洛芬胶囊", "highly", 3),
        ("安全套", "[某牌]超薄避孕套", "highly", 3),
        ("001", "冈本001安全套", "highly", 1),
        ("体温计", "[某厂]电子体温计", "highly", 1),
        ("祛浊胶囊", "[某厂]祛浊胶囊", "highly", 1),
        ("芬必得", "[石药]布洛芬胶囊", "moderately", 4),
        ("仁和布洛芬", "布洛芬片", "moderately", 4),
        ("康泰布洛芬", "[石药]布洛芬片", "moderately", 4),
        ("布洛芬缓释片", "[石药]布洛芬片", "moderately", 4),
        ("布洛芬片0.2g*10片", "[石药]布洛芬片 0.1g*24片", "moderately", 4),
        ("西替利嗪", "[某厂]左西替利嗪片", "moderately", 4),
        ("对乙酰氨基酚", "[某厂]复方氨酚烷胺片", "moderately", 4),
        ("阿胶", "[某厂]复方阿胶浆", "moderately", 4),
        ("儿童退烧药", "[石药]布洛芬片", "moderately", 4),
        ("德国布洛芬", "[石药]布洛芬片", "moderately", 4),
        ("布洛芬", "[某厂]对乙酰氨基酚片", "weakly", 5),
        ("感冒药", "[某厂]止咳片", "weakly", 5),
        ("感冒药", "[某厂]电子体温计", "weakly", 5),
        ("风热感冒", "[某厂]风寒感冒颗粒", "weakly", 5),
        ("仁和布洛芬", "[仁和]益康胶囊", "weakly", 5),
        ("布洛芬", "[某厂]咪康唑乳膏", "irrelevant", 6),
        ("孕妇退烧药", "[石药]布洛芬片", "irrelevant", 6),
        ("001", "[某厂]益康片 0.001g*100片", "irrelevant", 6),
        ("口罩", "[某厂]益康片", "irrelevant", 6),
        ("祛浊胶囊", "[某厂]益康胶囊", "irrelevant", 6),
    ],
)
def test_algorithm_1(query: str, title: str, level: str, line: int) -> None:
    trace = judged(query, title)
    assert (trace.level.value, trace.line) == (level, line), trace.grounds


def test_a_place_at_home_is_not_asked_for() -> None:
    assert judged("天津布洛芬", "[石药]布洛芬片").level is Level.HIGHLY


def test_the_trace_says_what_differs() -> None:
    trace = judged("仁和布洛芬缓释片", "[石药]布洛芬片")
    assert {c.attribute.value: c.agreement for c in trace.compared if c.agreement is not Agreement.NOT_ASKED} == {
        "brand": Agreement.DIFFERENT,
        "core_name": Agreement.SAME,
        "dosage_form": Agreement.DIFFERENT,
    }
    assert ("mismatch", "brand") in trace.grounds


def test_a_waived_mismatch_does_not_count() -> None:
    trace = judged(
        "仁和布洛芬", "[石药]布洛芬片", rule(1, Effect(EffectKind.WAIVE, None, (Attribute.BRAND,)), brand="仁和")
    )
    step = trace.steps[0]
    assert (trace.level, trace.waived, step.before, step.after) == (
        Level.HIGHLY,
        (Attribute.BRAND,),
        Level.MODERATELY,
        Level.HIGHLY,
    )


def test_a_requirement_not_met_caps_the_level() -> None:
    trace = judged(
        "仁和布洛芬",
        "[石药]布洛芬片",
        rule(2, Effect(EffectKind.REQUIRE, Level.WEAKLY, (Attribute.BRAND,)), brand="仁和"),
    )
    assert (trace.proposed, trace.level) == (Level.MODERATELY, Level.WEAKLY)


def test_a_rule_on_a_broader_value_is_recalled_by_the_narrower() -> None:
    broad = replace(
        rule(3, Effect(EffectKind.FORBID)),
        conditions=(Condition(Side.PRODUCT, Operator.IS, Attribute.DOSAGE_FORM, ("片",)),),
    )
    assert judged("布洛芬", "[石药]布洛芬缓释片", broad).level is Level.IRRELEVANT


def test_an_understood_pair_is_decided_anew_under_other_rules() -> None:
    understood = CHAIN.understand(Case("布洛芬", "[石药]布洛芬片"))
    forbidding = RuleIndex((rule(4, Effect(EffectKind.FORBID), title="石药"),))
    levels = [CHAIN.judge_understood(understood, index).level for index in (NO_RULES, forbidding, NO_RULES)]
    assert levels == [Level.HIGHLY, Level.IRRELEVANT, Level.HIGHLY]


@pytest.mark.parametrize(
    ("query", "title", "kind"),
    [
        ("", "布洛芬片", "empty_query"),
        (" 　\n", "布洛芬片", "empty_query"),
        ("布洛芬", "", "empty_title"),
        ("布" * 10_001, "布洛芬片", "long_query"),
        ("布洛芬", "片" * 10_001, "long_title"),
        ("布洛芬", "ﷺ" * 9_000, "long_title"),
    ],
)
def test_a_pair_that_cannot_be_read_is_a_failure(query: str, title: str, kind: str) -> None:
    answer = CHAIN.judge(Case(query, title))
    assert isinstance(answer.result, Failure)
    assert (answer.result.kind, answer.trace, len(answer.key)) == (kind, None, 64)


@given(st.text(alphabet=st.characters(), max_size=60), st.text(alphabet=st.characters(), max_size=80))
def test_any_text_is_judged_or_fails(query: str, title: str) -> None:
    answer = CHAIN.judge(Case(query, title))
    assert (answer.trace is None) != (answer.failure is None)


@given(
    st.lists(
        st.sampled_from(["布洛芬", "[", "]", "仁和", "片", "001", "0.", "女", " ", "小儿", "\ud800", "%"]), max_size=12
    )
)
def test_any_mixture_of_words_is_judged_or_fails(words: list[str]) -> None:
    for case in (Case("".join(words), "[仁和]布洛芬片"), Case("仁和布洛芬", "".join(words))):
        answer = CHAIN.judge(case)
        assert (answer.trace is None) != (answer.failure is None)


@pytest.mark.parametrize("piece", ["感冒", "1", "女", "片", "[", "1.", "阿莫西林胶囊 ", "a", "😀"])
def test_a_title_of_10_000_characters_takes_no_time(piece: str) -> None:
    chain = Chain(load_lexicon(), NO_RULES)
    case = Case("感冒药", (piece * 10_000)[:10_000])
    started = time.process_time()
    answer = chain.judge(case)
    assert answer.trace is not None
    assert time.process_time() - started < 0.2
    assert len(json.dumps(answer.trace.to_json())) < 200_000


def test_the_key_is_the_same_for_the_same_case_and_rules() -> None:
    index = RuleIndex((rule(5, Effect(EffectKind.ADVISE), title="石药"),))
    case = Case("布洛芬", "[石药]布洛芬片")
    one, other = Chain(SMALL, index).judge(case), Chain(SMALL, index).judge(case)
    understood = CHAIN.understand(case)
    assert one.key == other.key == CHAIN.key(understood, index)


def test_a_rule_that_is_not_recalled_leaves_the_key_alone() -> None:
    understood = CHAIN.understand(Case("布洛芬", "[石药]布洛芬片"))
    elsewhere = RuleIndex((rule(6, Effect(EffectKind.FORBID), title="仁和"),))
    assert CHAIN.key(understood, elsewhere) == CHAIN.key(understood)


def test_whatever_decides_a_pair_changes_its_key() -> None:
    case = Case("布洛芬", "[石药]布洛芬片", pictures=(Picture("a" * 64, width=9),))
    recalled = rule(7, Effect(EffectKind.ADVISE), title="石药")
    base = Chain(SMALL, RuleIndex((recalled,)))
    knowing = Chain(SMALL.extended(brands=[replace(SMALL.brands["仁和"], name="石药")]), base.index)
    keys = [
        base.judge(case).key,
        base.judge(replace(case, query="布洛芬片")).key,
        base.judge(replace(case, title="[石药]布洛芬胶囊")).key,
        base.judge(replace(case, pictures=(Picture("b" * 64, width=9),))).key,
        base.judge(replace(case, given={Attribute.BRAND: frozenset({"仁和"})})).key,
        Chain(SMALL, RuleIndex((replace(recalled, digest="other"),))).judge(case).key,
        Chain(SMALL, NO_RULES).judge(case).key,
        Chain(SMALL, base.index, Parameters(name_overlap=0.9)).judge(case).key,
        knowing.judge(replace(case, title="石药布洛芬片")).key,
        base.judge(replace(case, title="石药布洛芬片")).key,
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("data", [{"unknown": 1}, {"name_overlap": "much"}, {"same_brand_is_weak": 1}])
def test_unknown_parameters_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(data))):
        Parameters.from_json(data)


def test_parameters_survive_json() -> None:
    parameters = Parameters(same_brand_is_weak=False, name_overlap=0.7)
    assert Parameters.from_json(parameters.to_json()) == parameters


@pytest.mark.parametrize(
    ("parameters", "query", "title", "level"),
    [
        (Parameters(same_brand_is_weak=False), "仁和布洛芬", "[仁和]益康胶囊", Level.IRRELEVANT),
        (Parameters(unknown_words_count=False), "康泰布洛芬", "[石药]布洛芬片", Level.HIGHLY),
        (Parameters(name_overlap=1.0), "祛浊胶囊", "[某厂]祛浊清胶囊", Level.MODERATELY),
    ],
)
def test_parameters_do_what_they_say(parameters: Parameters, query: str, title: str, level: Level) -> None:
    assert judged(query, title, chain=Chain(SMALL, NO_RULES, parameters)).level is level


@pytest.mark.parametrize(
    ("query", "title", "level"),
    [
        ("布洛芬缓释胶囊", "[中美史克]芬必得 布洛芬缓释胶囊 0.3g*20粒", Level.HIGHLY),
        ("感冒灵", "【三九】999感冒灵颗粒10g*9袋", Level.HIGHLY),
        ("六味地黄丸", "[仲景]六味地黄丸(浓缩丸)200丸", Level.HIGHLY),
        ("退烧药", "[美林]布洛芬混悬液 100ml", Level.HIGHLY),
        ("蒙脱石散", "[某药业]盐酸二甲双胍片", Level.IRRELEVANT),
    ],
)
def test_well_known_products_over_the_real_lexicon(query: str, title: str, level: Level) -> None:
    assert judged(query, title, chain=Chain(load_lexicon(), NO_RULES)).level is level
