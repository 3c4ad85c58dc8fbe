"""Every way in which a content is invalid."""

from dataclasses import replace
from datetime import date
from unicodedata import category

import pytest
from hypothesis import given

from rules.engine.attributes import Attribute, Facts, Level, Side
from rules.engine.check import content_problems, limit_problems
from rules.engine.content import Example, RuleContent
from rules.engine.contradiction import contradictions
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.rules.reference import holds
from tests.rules.strategies import condition_rows, contents, facts

BRAND = Attribute.BRAND
GOOD = RuleContent(
    title="Brand 999",
    conditions=(Condition(Side.QUERY, Operator.IS, BRAND, ("999",)),),
    effect=Effect(EffectKind.CAP, Level.MODERATELY),
)


def on(side: Side, operator: Operator, *values: str) -> Condition:
    return Condition(side, operator, None if operator is Operator.TEXT_CONTAINS else BRAND, values)


IS, ANY, TEXT = Operator.IS, Operator.IS_ANY_OF, Operator.TEXT_CONTAINS
MISSING, PRESENT, DIFFERS = Operator.IS_MISSING, Operator.IS_PRESENT, Operator.DIFFERS
QUERY, PRODUCT, BOTH = Side


def found(**changed: object) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in content_problems(replace(GOOD, **changed))]


def test_a_whole_content_has_no_problem() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"title": " "}, ("no_title", "title")),
        ({"title": "x" * 201}, ("too_long", "title")),
        ({"title": "a\nb"}, ("control_characters", "title")),
        ({"title": "a\u202eb"}, ("control_characters", "title")),
        ({"instruction": "x" * 2001}, ("too_long", "instruction")),
        ({"rationale": "x" * 4001}, ("too_long", "rationale")),
        ({"source": "x" * 301}, ("too_long", "source")),
        ({"conditions": ()}, ("no_conditions", "conditions")),
        ({"effect": Effect(EffectKind.CAP)}, ("no_level", "level")),
        ({"effect": Effect(EffectKind.FORBID, Level.WEAKLY)}, ("needless_level", "level")),
        ({"effect": Effect(EffectKind.CAP, Level.HIGHLY)}, ("idle", "level")),
        ({"effect": Effect(EffectKind.FLOOR, Level.IRRELEVANT)}, ("idle", "level")),
        ({"effect": Effect(EffectKind.WAIVE)}, ("no_attributes", "attributes")),
        ({"effect": Effect(EffectKind.FORBID, None, (BRAND,))}, ("needless_attributes", "attributes")),
        ({"effect": Effect(EffectKind.WAIVE, None, (BRAND, BRAND))}, ("repeated_attribute", "attributes")),
        ({"effect": Effect(EffectKind.ADVISE)}, ("no_instruction", "instruction")),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, ("ends_early", "valid_until")),
        ({"examples": (Example("", "x", Level.WEAKLY),)}, ("incomplete_example", "examples-0")),
        ({"examples": (Example("a", "b", Level.WEAKLY), Example("A", "b", Level.HIGHLY))}, ("repeated_example", "examples-1")),
        ({"examples": tuple(Example(f"{n}", "b", Level.WEAKLY) for n in range(51))}, ("too_many", "examples")),
    ],
)  # fmt: skip
def test_a_problem_of_a_content(changed: dict[str, object], problem: tuple[str, str]) -> None:
    assert found(**changed) == [problem]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (on(QUERY, IS), "no_values"),
        (on(QUERY, IS, "a", "b"), "many_values"),
        (on(QUERY, ANY, "a", " "), "blank_value"),
        (on(QUERY, PRESENT, "a"), "needless_values"),
        (on(QUERY, DIFFERS), "not_both"),
        (Condition(QUERY, IS, None, ("a",)), "no_attribute"),
        (Condition(QUERY, TEXT, BRAND, ("a",)), "needless_attribute"),
        (on(QUERY, IS, "x" * 101), "too_long"),
        (on(QUERY, IS, "a\0"), "control_characters"),
        (on(QUERY, ANY, *(str(n) for n in range(51))), "too_many"),
    ],
)
def test_a_problem_of_a_condition(condition: Condition, code: str) -> None:
    assert found(conditions=(condition,)) == [(code, "conditions-0")]


@pytest.mark.parametrize(
    "pair",
    [
        (on(QUERY, IS, "a"), on(QUERY, ANY, "a")),
        (on(QUERY, TEXT, "a", "b"), on(QUERY, TEXT, "Ｂ", "a")),
        (on(BOTH, DIFFERS), on(BOTH, DIFFERS)),
    ],
)
def test_conditions_that_say_the_same(pair: tuple[Condition, Condition]) -> None:
    assert found(conditions=pair) == [("repeated", "conditions-1")]


@pytest.mark.parametrize(
    "pair",
    [
        (on(QUERY, MISSING), on(QUERY, IS, "a")),
        (on(BOTH, MISSING), on(PRODUCT, PRESENT)),
        (on(PRODUCT, MISSING), on(BOTH, Operator.OVERLAPS)),
        (on(BOTH, DIFFERS), on(QUERY, MISSING)),
        (on(BOTH, DIFFERS), on(BOTH, Operator.AGREES)),
        (on(BOTH, DIFFERS), on(BOTH, Operator.OVERLAPS)),
        (on(BOTH, IS, "a"), on(BOTH, DIFFERS)),
    ],
)
def test_two_conditions_that_exclude_each_other(pair: tuple[Condition, Condition]) -> None:
    assert found(conditions=pair) == [("contradiction", "conditions-1")]


def test_three_conditions_that_exclude_each_other() -> None:
    rows = (on(QUERY, IS, "a"), on(QUERY, IS, "b"), on(PRODUCT, ANY, "a", "b"), on(BOTH, DIFFERS))
    assert list(contradictions(rows)) == [(2, 3)]


@given(condition_rows, facts)
def test_what_is_contradictory_never_holds(rows: tuple[Condition, ...], facts: Facts) -> None:
    if list(contradictions(rows)):
        assert not all(holds(condition, facts) for condition in rows)


@given(contents)
def test_a_content_survives_json(content: RuleContent) -> None:
    assert RuleContent.from_json(content.to_json()) == content


def test_a_draft_may_be_incomplete_but_not_boundless() -> None:
    draft = replace(GOOD, title="", conditions=())
    assert limit_problems(draft) == ()
    assert [p.code for p in limit_problems(replace(draft, title="x" * 999))] == ["too_long"]


@pytest.mark.parametrize(("field", "allowed"), [("title", ""), ("rationale", "\n\r\t")])
def test_hidden_are_control_characters_halves_of_characters_and_those_that_turn_the_writing(
    field: str, allowed: str
) -> None:
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    every = [chr(code) for code in range(0x3000)] + [chr(code) for code in range(0xD700, 0xE100)]
    wanted = {one for one in every if category(one) in ("Cc", "Cs") or one in turning} - set(allowed)
    assert {one for one in every if limit_problems(replace(GOOD, **{field: f"a{one}"}))} == wanted
