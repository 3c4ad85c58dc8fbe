"""What holds of the whole chain for any two texts: a level or a failure, the same again, in bounded time, with words."""

import json
import time
from itertools import islice
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import LONGEST, Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.traces import failure_text, view_trace
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

RULES = RuleIndex(
    EngineRule(
        number=number,
        version=1,
        conditions=(Condition(side, Operator.IS_PRESENT, attribute),),
        effect=Effect(EffectKind.CAP, Level.MODERATELY),
    )
    for number, (side, attribute) in enumerate(
        [(Side.QUERY, Attribute.BRAND), (Side.PRODUCT, Attribute.STRENGTH), (Side.QUERY, Attribute.POPULATION)], 1
    )
)
CHAIN = Chain(load_lexicon(), RULES)
LEXICON = CHAIN.lexicon

ANYTHING = st.text(alphabet=st.characters(), max_size=60)
"""Every plane of Unicode, with control characters, combining marks, right to left, halves of surrogate pairs, NUL."""
WORDS = st.sampled_from(
    [
        *islice(LEXICON.medicines, 0, None, 61),
        *islice(LEXICON.brands, 0, None, 61),
        *islice(LEXICON.needs, 0, None, 61),
        *islice(LEXICON.forms, 0, None, 7),
        *LEXICON.populations,
        *(
            "[",
            "]",
            "【",
            "(",
            ")",
            " ",
            "+",
            "/",
            "、",
            "不含",
            "不要",
            "同款",
            "0.5g*24片",
            "1.",
            "9" * 30,
            "%s",
            "%(a)s",
        ),
        *(
            "ganmaoling",
            "blf",
            "藥",
            "感帽灵",
            "ａｂ",
            "e\u0301",
            "\u202e",
            "\0",
            "\ud800",
            "👩‍⚕️",
            "\U0010ffff",
            "{{",
            "<b>",
        ),
    ]
)
MIXTURE = st.lists(WORDS, max_size=10).map("".join)
TEXT = ANYTHING | MIXTURE


def told(case: Case, chain: Chain = CHAIN) -> dict[str, Any]:
    """The trace of a case as it is stored and read back, or what failed."""
    judged = chain.judge(case)
    assert (judged.trace is None) != (judged.failure is None)
    if judged.trace is None:
        return {"failure": judged.failure.kind if judged.failure else ""}
    stored: dict[str, Any] = json.loads(json.dumps(judged.trace.to_json()))
    assert stored == judged.trace.to_json()
    return stored


@given(TEXT, TEXT)
def test_any_texts_have_a_level_with_a_reason_or_a_failure_in_words(query: str, title: str) -> None:
    trace = told(Case(query, title))
    with translation.override("en"):
        if "failure" in trace:
            assert failure_text(trace["failure"]).endswith(".")
            return
        view = view_trace(trace)
    assert view.level in Level
    assert 0 < view.confidence < 1
    assert view.reason.endswith(".")
    assert len(view.reason) < 600
    assert "".join(piece.text for piece in view.query.pieces) == trace["query"]["text"]
    assert "".join(piece.text for piece in view.product.pieces) == trace["product"]["text"]


@given(TEXT, TEXT)
def test_judging_again_is_the_same_again(query: str, title: str) -> None:
    case = Case(query, title)
    once, again = CHAIN.judge(case), Chain(LEXICON, RULES).judge(case)
    assert (once.key, once.result) == (again.key, again.result)


@given(TEXT, st.sets(st.sampled_from(list(Stage)), max_size=4))
def test_any_stages_can_be_switched_off(query: str, off: set[Stage]) -> None:
    off.discard(Stage.ENTITIES)  # its empty lexicon would be built for each set anew
    off.discard(Stage.COMMON_NAME)
    chain = Chain(LEXICON, RULES, Parameters(off=tuple(sorted(off))))
    told(Case(query, "[北京同仁堂]感冒灵颗粒 10g*9袋 儿童"), chain)


@given(MIXTURE, MIXTURE, st.dictionaries(st.sampled_from(list(Attribute)), st.frozensets(TEXT, max_size=2), max_size=3))
def test_any_catalogue_attributes_are_taken(query: str, title: str, given_: dict[Attribute, frozenset[str]]) -> None:
    told(Case(query, title, given_, indication=title[::-1]))


@pytest.mark.parametrize(
    "words",
    [
        "药",
        "1.",
        "[",
        "[]()【】",
        "阿莫西林 ",
        "感冒颗粒儿童",
        "不含酒精 ",
        "ganmaoling ",
        "片",
        "一丁七万片 ",
        "e\u0301",
        "\0a",
    ],
)
def test_texts_without_end_take_no_time(words: str) -> None:
    text = (words * LONGEST)[:LONGEST]
    CHAIN.judge(Case("感冒", "感冒灵"))
    started = time.process_time()
    trace = told(Case(text, text[::-1]))
    assert time.process_time() - started < 0.25  # a busy machine: benchmarks/worst.py holds it to .05
    assert len(json.dumps(trace)) < 300_000


def test_a_rule_sees_a_text_to_its_end() -> None:
    last = EngineRule(
        number=9,
        version=1,
        conditions=(Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=("含酒精",)),),
        effect=Effect(EffectKind.FORBID),
    )
    chain = Chain(LEXICON, RuleIndex((last,)))
    long = "[同仁堂]感冒灵颗粒" + "。" * 5000 + "含酒精"
    assert chain.judge(Case("感冒灵", long)).trace.level is Level.IRRELEVANT
    assert chain.judge(Case("感冒灵", long)).key != chain.judge(Case("感冒灵", long + "。")).key
