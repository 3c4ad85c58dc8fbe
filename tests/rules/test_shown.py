"""What pages show of two wordings of a rule."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.diff import Span
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.views.shown import content_diff

CONTENT = RuleContent(
    "A rule", (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",)),), Effect(EffectKind.CAP, Level.WEAKLY)
)


def labels(after: RuleContent) -> list[str]:
    with translation.override("en"):
        return [row.label for row in content_diff(CONTENT, after)]


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("title", "B rule", "Title"),
        ("conditions", (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("修正",)),), "Rule"),
        ("effect", Effect(EffectKind.FORBID), "Rule"),
        ("instruction", "Words", "Instruction"),
        ("rationale", "Why", "Rationale"),
        ("source", "Where", "Source"),
        ("examples", (Example("999", "[999]", Level.HIGHLY),), "Examples"),
        ("valid_from", date(2026, 1, 1), "Valid"),
        ("valid_until", date(2026, 1, 1), "Valid"),
        ("safety", True, "A matter of safety"),
    ],
)
def test_each_part_that_differs_is_shown_and_no_other(field: str, value: object, label: str) -> None:
    assert labels(replace(CONTENT, **{field: value})) == [label]


def test_words_are_marked() -> None:
    with translation.override("en"):
        row = content_diff(CONTENT, replace(CONTENT, title="B rule"))[0]
    assert row.spans == (Span("delete", "A"), Span("insert", "B"), Span("keep", " rule"))


def test_the_same_content_has_no_difference() -> None:
    assert labels(CONTENT) == []
