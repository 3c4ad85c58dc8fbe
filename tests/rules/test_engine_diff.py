"""What changed between two wordings and two sets of rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.attributes import Level
from rules.engine.content import RuleContent
from rules.engine.diff import RuleSetDiff, Span, diff_rule_sets, word_diff
from rules.engine.rule import Effect, EffectKind

CONTENT = RuleContent("A rule", (), Effect(EffectKind.CAP, Level.WEAKLY))


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        ("same", "same", [("keep", "same")]),
        ("", "new", [("insert", "new")]),
        ("check the brand", "check the form", [("keep", "check the "), ("delete", "brand"), ("insert", "form")]),
        ("感冒灵颗粒", "感冒灵胶囊", [("keep", "感冒灵"), ("delete", "颗粒"), ("insert", "胶囊")]),
    ],
)
def test_words_are_compared(before: str, after: str, spans: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == tuple(Span(kind, text) for kind, text in spans)


@given(st.text("ab 药。", max_size=30), st.text("ab 药。", max_size=30))
def test_the_spans_make_both_texts(before: str, after: str) -> None:
    spans = word_diff(before, after)
    assert "".join(span.text for span in spans if span.kind != "insert") == before
    assert "".join(span.text for span in spans if span.kind != "delete") == after


def test_long_texts_are_compared_by_sentence() -> None:
    before = "一句话说完。" * 600
    assert word_diff(before, before + "再说一句。")[-1] == Span("insert", "再说一句。")


def test_rule_sets_are_compared_by_number() -> None:
    changed = replace(CONTENT, title="B rule")
    before, after = {1: CONTENT, 2: CONTENT, 3: CONTENT}, {1: CONTENT, 2: changed, 4: CONTENT}
    assert diff_rule_sets(before, after) == RuleSetDiff(added=(4,), changed=(2,), retired=(3,))
