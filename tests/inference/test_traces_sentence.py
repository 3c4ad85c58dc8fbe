"""The reason of a judgment in one sentence: each shape of it."""

import pytest
from django.utils import translation

from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.traces import reason
from inference.traces.wording import brief, some, sureness, without_packs
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.inference.small_lexicon import SMALL

IN_QUERY = (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),)


def stored(query: str, title: str, *effects: Effect) -> dict[str, object]:
    rules = [EngineRule(number=7, version=1, conditions=IN_QUERY, effect=effect) for effect in effects]
    trace = Chain(SMALL, RuleIndex(rules), Parameters()).judge(Case(query, title)).trace
    assert trace is not None
    return trace.to_json()


@pytest.mark.parametrize(
    ("query", "title", "said"),
    [
        ("布洛芬", "[石药]布洛芬片", "Asked for “布洛芬”; the product's title says just that: highly relevant."),
        (
            "布洛芬石药",
            "[石药]布洛芬片",
            "Asked for “布洛芬石药”; the product's title has every word of it: highly relevant.",
        ),
        ("伤风", "[某厂]小儿感冒颗粒", "Asked for “伤风”; 小儿感冒颗粒 is for that (风热感冒): highly relevant."),
        (
            "扑热息痛",
            "[某厂]对乙酰氨基酚片",
            "the product is 对乙酰氨基酚片, the same by name and use: highly relevant.",
        ),
        (
            "芬必得",
            "[中美史克]布洛芬胶囊",
            "Asked for “芬必得”; 布洛芬胶囊 is what that name stands for: highly relevant.",
        ),
        (
            "芬必得",
            "[石药]布洛芬胶囊",
            "Asked for “芬必得”; the product is 布洛芬胶囊, which that name stands for,"
            " but its brand is 石药, not 芬必得: moderately relevant.",
        ),
        (
            "仁和布洛芬",
            "布洛芬片",
            "Asked for “仁和布洛芬”; the product is 布洛芬片 for the same use,"
            " but the brand 仁和 is not confirmed: moderately relevant.",
        ),
        (
            "布洛芬 康泰金",
            "[石药]布洛芬片",
            "the product is 布洛芬片 for the same use, but 康泰金 is not shown: moderately relevant.",
        ),
        (
            "仁和布洛芬 康泰金",
            "[石药]布洛芬片",
            "but its brand is 石药, not 仁和, 康泰金 is not shown: moderately relevant.",
        ),
        ("布洛芬缓释片", "[石药]布洛芬片", "but it comes as 片, not as 缓释片: moderately relevant."),
        ("布洛芬片0.2g*10片", "[石药]布洛芬片 0.1g*24片", "but its strength is 100mg, not 200mg: moderately relevant."),
        (
            "儿童退烧药",
            "[石药]布洛芬片",
            "布洛芬片 is for that, but it is not said to be for 儿童: moderately relevant.",
        ),
        ("德国布洛芬", "[石药]布洛芬片", "but it is not said to come from 德国: moderately relevant."),
        (
            "对乙酰氨基酚",
            "[某厂]复方氨酚烷胺片",
            "复方氨酚烷胺片 is a close relative for the same use, but not the same: moderately relevant.",
        ),
        (
            "仁和对乙酰氨基酚",
            "[某厂]复方氨酚烷胺片",
            "is a close relative for the same use, not the same, and its brand is 某厂, not 仁和: moderately relevant.",
        ),
        (
            "布洛芬",
            "[某厂]对乙酰氨基酚片",
            "对乙酰氨基酚片 is another product that is also for 发热: weakly relevant.",
        ),
        (
            "感冒药",
            "[某厂]电子体温计",
            "电子体温计, for 体温测量, is used beside it and not instead of it: weakly relevant.",
        ),
        (
            "风热感冒",
            "[某厂]风寒感冒颗粒",
            "“风热感冒” was asked for; 风寒感冒颗粒 is for 风寒感冒, near but not the same: weakly relevant.",
        ),
        ("仁和布洛芬", "[仁和]益康胶囊", "益康胶囊 shares only the brand 仁和 with it: weakly relevant."),
        (
            "布洛芬",
            "[某厂]咪康唑乳膏",
            "“布洛芬” (发热) was asked for; 咪康唑乳膏 is for something else, 真菌感染: irrelevant.",
        ),
        (
            "孕妇退烧药",
            "[石药]布洛芬片",
            "“孕妇退烧药” was asked for 孕妇, to whom 布洛芬片 must not be given: irrelevant.",
        ),
        (
            "退烧药 不含布洛芬",
            "[石药]布洛芬片",
            "“退烧药 不含布洛芬” rules out 布洛芬, which 布洛芬片 is or has: irrelevant.",
        ),
        ("成人感冒药", "[某厂]小儿感冒颗粒 婴儿", "“成人感冒药” was asked for 成人; 小儿感冒颗粒 is made for"),
        (
            "阿胶类",
            "[某厂]复方阿胶浆",
            "but it is a compound of 阿胶, 红参, 党参, not 阿胶 alone: moderately relevant.",
        ),
        ("发热", "[某厂]低体温贴", "“发热” was asked for; 低体温贴 is for 低体温, the opposite: irrelevant."),
        (
            "祛浊胶囊",
            "[石药]布洛芬片",
            "“祛浊胶囊” names nothing whose use is known; 布洛芬片, for 发热, 疼痛, has another name",
        ),
        (
            "祛浊胶囊",
            "[某厂]祛浊清胶囊",
            "祛浊清胶囊 has a name much like it, and more is not known: moderately relevant.",
        ),
        (
            "珂妍丹清络安胶囊",
            "[某厂]珂妍丹清神宁胶囊",
            "珂妍丹清神宁胶囊 has a name much like it, and more is not known: weakly relevant.",
        ),
        ("仁和", "[仁和]益康胶囊", "Asked for “仁和”; the product's title says just that: highly relevant."),
        ("口罩", "[石药]布洛芬片", "“口罩” names nothing whose use is known"),
        ("祛浊胶囊", "[某厂]益康胶囊", "the product is called 益康胶囊, and what it is for is not known: irrelevant."),
    ],
)
def test_the_sentence_says_what_decides(query: str, title: str, said: str) -> None:
    with translation.override("en"):
        assert said in reason(stored(query, title))


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (Effect(EffectKind.FORBID), "highly relevant; rule R7 forbids it: irrelevant."),
        (Effect(EffectKind.CAP, Level.WEAKLY), "highly relevant; rule R7 lets it be weakly relevant at most."),
        (Effect(EffectKind.FORCE, Level.MODERATELY), "highly relevant; rule R7 makes it moderately relevant."),
    ],
)
def test_the_sentence_says_what_a_rule_did(effect: Effect, said: str) -> None:
    with translation.override("en"):
        assert reason(stored("布洛芬", "[石药]布洛芬片", effect)).endswith(said)


def test_the_sentence_says_what_a_rule_insists_on_and_leaves_out() -> None:
    required = Effect(EffectKind.REQUIRE, Level.WEAKLY, (Attribute.DOSAGE_FORM,))
    waived = Effect(EffectKind.WAIVE, None, (Attribute.DOSAGE_FORM,))
    with translation.override("en"):
        assert "rule R7 insists on dosage form: weakly relevant." in reason(
            stored("布洛芬胶囊", "[石药]布洛芬片", required)
        )
        assert "rule R7 leaves dosage form out of account: highly relevant." in reason(
            stored("布洛芬胶囊", "[石药]布洛芬片", waived)
        )


def test_the_sentence_says_what_was_not_taken_as_it_stands() -> None:
    trace = stored("布洛芬", "[石药]布洛芬片") | {
        "asked": {
            "original": "布络芬",
            "rewrites": [
                {"kind": "typo", "before": "布络芬", "after": "布洛芬", "kept": True, "why": ""},
                {"kind": "typo", "before": "芬", "after": "分", "kept": False, "why": "meaning"},
            ],
        },
        "check": {
            "tricks": [
                {"kind": "x", "attribute": "brand", "value": "石药", "start": 1, "end": 3, "against": ""},
            ],
            "pictures": [{"matches": [{"attribute": "brand", "consistency": "inconsistent"}]}],
        },
    }
    with translation.override("en"):
        assert reason(trace) == (
            "Asked for “布络芬” (read as “布洛芬”); the product's title says just that"
            " (石药 in the title does not count) (the package photo contradicts the title on brand): highly relevant."
        )


@pytest.mark.parametrize(
    ("agreement", "said"),
    [
        ("different", "布洛芬片 is for that, but it has what was ruled out, 酒精: moderately relevant."),
        ("not_shown", "布洛芬片 is for that, but nothing says that it is without 酒精: moderately relevant."),
    ],
)
def test_the_sentence_says_what_was_ruled_out(agreement: str, said: str) -> None:
    trace = stored("儿童退烧药酒精", "[石药]布洛芬片")
    trace["query"]["excluded"] = [{"attribute": "ingredient", "value": "乙醇", "start": 5, "end": 7, "origin": "text"}]
    trace["compared"] = [
        {"attribute": "efficacy", "agreement": "same", "query": ["发热"], "product": ["发热"]},
        {"attribute": "ingredient", "agreement": agreement, "query": ["非酒精"], "product": ["乙醇"]},
    ]
    trace |= {"line": 4, "proposed": "moderately", "level": "moderately"}
    with translation.override("en"):
        assert reason(trace).endswith(said)


def test_a_trace_older_than_the_stages_has_a_sentence() -> None:
    trace = stored("仁和布洛芬", "[仁和]益康胶囊")
    old = {name: value for name, value in trace.items() if name not in ("asked", "check", "confidence", "grounds")}
    with translation.override("en"):
        assert reason(old | {"evidence": trace["grounds"]}) == reason(trace)


def test_a_sentence_stays_short_whatever_the_texts() -> None:
    trace = stored("仁和" + "某某" * 2000, "[" + "石" * 50 + "]" + "布洛芬片感冒" * 1000)
    with translation.override("en"):
        assert len(reason(trace)) < 500


def test_values_are_few_and_short() -> None:
    with translation.override("en"):
        assert some(["一", "", "二", "一", "三", "四"]) == "一, 二, 三…"
        assert some([]) == ""
    assert brief("药" * 100) == "药" * 39 + "…"


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (0.0, ""),
        (0.05, "Unsure: right in fewer than half of such cases"),
        (0.62, "Unsure: right in about 6 of 10 such cases"),
        (0.8, "Fairly sure: right in about 8 of 10 such cases"),
        (0.93, "Sure: right in about 9 of 10 such cases"),
        (0.86, "Sure: right in about 9 of 10 such cases"),
        (0.84, "Fairly sure: right in about 8 of 10 such cases"),
        (0.76, "Fairly sure: right in about 8 of 10 such cases"),
        (0.74, "Unsure: right in about 7 of 10 such cases"),
        (0.98, "Sure: right in about 19 of 20 such cases"),
    ],
)
def test_confidence_in_words(confidence: float, said: str) -> None:
    with translation.override("en"):
        assert sureness(confidence) == said


def test_figures_and_units_of_a_pack_are_not_shown_as_unknown() -> None:
    assert without_packs(("30", "片", "康泰金", "100", "ml", "德药")) == ("康泰金", "德药")
