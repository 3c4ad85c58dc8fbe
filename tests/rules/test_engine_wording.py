"""Rules as sentences."""

from itertools import product

import pytest

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import ATTRIBUTED, LEVELLED, RELATIONAL, Condition, Effect, EffectKind, Operator
from rules.engine.wording import parts, sentence

CAP = Effect(EffectKind.CAP, Level.MODERATELY)
DIFFERS = Condition(Side.BOTH, Operator.DIFFERS, Attribute.BRAND)


def every_condition() -> list[Condition]:
    return [
        Condition(
            side,
            operator,
            None if operator is Operator.TEXT_CONTAINS else attribute,
            {Operator.IS: ("三九",), Operator.IS_ANY_OF: ("三九", "同仁堂"), Operator.TEXT_CONTAINS: ("颗粒",)}.get(operator, ()),
        )
        for operator, side, attribute in product(Operator, Side, Attribute)
        if (side is Side.BOTH or operator not in RELATIONAL)
        and (operator is not Operator.TEXT_CONTAINS or attribute is Attribute.BRAND)
    ]  # fmt: skip


def every_effect() -> list[Effect]:
    return [
        Effect(kind, level if kind in LEVELLED else None, (Attribute.BRAND,) if kind in ATTRIBUTED else ())
        for kind, level in product(EffectKind, Level)
        if kind in LEVELLED or level is Level.HIGHLY
    ]


def rule(*conditions: Condition, effect: Effect = CAP) -> RuleContent:
    return RuleContent("A rule", conditions, effect, instruction="先看品牌。")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_condition_with_every_effect_has_a_sentence_of_its_own(language: str) -> None:
    rules = [rule(condition, effect=effect) for condition, effect in product(every_condition(), every_effect())]
    sentences = [sentence(one, language) for one in rules]
    assert len(set(sentences)) == len(rules)
    assert [one for one, said in zip(rules, sentences, strict=True) if not says_its_values(one, said)] == []


def says_its_values(content: RuleContent, said: str) -> bool:
    return "…" not in said and all(value in said for condition in content.conditions for value in condition.values)


@pytest.mark.parametrize(
    ("conditions", "english", "chinese"),
    [
        (
            (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",)), DIFFERS),
            "When the query names brand 999 and the product's brand differs, "
            "the product is at most moderately relevant.",
            "当查询的品牌为“999”且商品品牌与之不同时，最高为中度相关。",
        ),
        (
            (
                DIFFERS,
                Condition(Side.BOTH, Operator.AGREES, Attribute.EFFICACY),
                Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, None, ("儿童", "小儿", "宝宝")),
            ),
            "When the product's brand differs from the query's, the product's efficacy agrees with the query's, "
            "and the title contains “儿童”, “小儿” or “宝宝”, the product is at most moderately relevant.",
            "当商品的品牌与查询不同，商品的功效与查询一致，且商品标题含有“儿童”、“小儿”或“宝宝”时，最高为中度相关。",
        ),
        (
            (),
            "Always, the product is at most moderately relevant.",
            "任何情况下，最高为中度相关。",
        ),
    ],
)
def test_whole_sentences(conditions: tuple[Condition, ...], english: str, chinese: str) -> None:
    content = rule(*conditions)
    assert (sentence(content, "en"), sentence(content, "zh")) == (english, chinese)


def test_a_draft_is_worded_as_far_as_it_goes() -> None:
    content = rule(Condition(Side.QUERY, Operator.IS, Attribute.BRAND), effect=Effect(EffectKind.FLOOR))
    assert sentence(content, "en") == "When the query names brand …, the product is at least …."


def test_the_parts_mark_values_attributes_and_levels() -> None:
    marked = [(part.text, part.kind) for part in parts(rule(DIFFERS, every_condition()[0]), "en")]
    assert [one for one in marked if one[1] != "text"] == [
        ("brand", "attribute"),
        ("brand", "attribute"),
        ("三九", "value"),
        ("moderately relevant", "level"),
    ]
