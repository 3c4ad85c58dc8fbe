"""Rules recalled only by what models say: they may narrow a level, and never lift what binds without them."""

import pytest

from inference.pipeline.recall import with_binding
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.decide import decide
from rules.engine.recall import Recalled
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

BRAND = (Attribute.BRAND,)
MISSED = frozenset(BRAND)
IBUPROFEN = Condition(Side.QUERY, Operator.IS, Attribute.CORE_NAME, ("布洛芬",))
BRANDED = Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("芬必得",))
CAP = Effect(EffectKind.CAP, Level.WEAKLY)
FORCE = Effect(EffectKind.FORCE, Level.WEAKLY)
REQUIRE = Effect(EffectKind.REQUIRE, Level.WEAKLY, BRAND)


def rule(number: int, effect: Effect, *conditions: Condition) -> Recalled:
    return Recalled(EngineRule(number=number, version=1, conditions=conditions or (IBUPROFEN,), effect=effect), ())


def specific(effect: Effect) -> Recalled:
    """A rule that wins over the others of its kind."""
    return rule(2, effect, IBUPROFEN, BRANDED)


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        (CAP, Effect(EffectKind.CAP, Level.HIGHLY)),
        (CAP, Effect(EffectKind.FORCE, Level.HIGHLY)),
        (FORCE, Effect(EffectKind.FORCE, Level.HIGHLY)),
        (REQUIRE, Effect(EffectKind.WAIVE, attributes=BRAND)),
        (REQUIRE, Effect(EffectKind.REQUIRE, Level.MODERATELY, BRAND)),
        (REQUIRE, Effect(EffectKind.FLOOR, Level.MODERATELY)),
    ],
)
@pytest.mark.parametrize("both", [False, True])
def test_what_models_say_lifts_nothing_that_binds_without_them(binding: Effect, said: Effect, both: bool) -> None:
    plain = (rule(1, binding),)
    told = (*plain, specific(said)) if both else (specific(said),)
    found = with_binding(told, plain, MISSED)
    assert [one.rule.number for one in found] == [1]
    level = decide(unwaived=Level.HIGHLY, proposed=Level.HIGHLY, recalled=found, mismatched=MISSED).level
    assert level is Level.WEAKLY


@pytest.mark.parametrize(
    "said",
    [
        Effect(EffectKind.FORBID),
        Effect(EffectKind.CAP, Level.IRRELEVANT),
        Effect(EffectKind.FORCE, Level.IRRELEVANT),
        Effect(EffectKind.FLOOR, Level.MODERATELY),
        Effect(EffectKind.WAIVE, attributes=BRAND),
        Effect(EffectKind.ADVISE),
    ],
)
def test_what_models_say_may_narrow_it(said: Effect) -> None:
    found = with_binding((specific(said),), (rule(1, CAP),), MISSED)
    assert sorted(one.rule.number for one in found) == [1, 2]


def test_two_that_lift_it_only_together_do_not() -> None:
    force = rule(3, Effect(EffectKind.FORCE, Level.HIGHLY))
    found = with_binding((rule(2, Effect(EffectKind.FORBID)), force), (rule(1, CAP),), MISSED)
    assert decide(unwaived=Level.HIGHLY, proposed=Level.HIGHLY, recalled=found, mismatched=MISSED).level is (
        Level.IRRELEVANT
    )


def test_a_rule_that_both_readings_recall_is_as_before() -> None:
    both = (rule(1, CAP), specific(Effect(EffectKind.CAP, Level.MODERATELY)))
    assert with_binding(both, both, MISSED) == both


def test_where_nothing_binds_without_models_all_they_recall_applies() -> None:
    told = (specific(Effect(EffectKind.FORCE, Level.HIGHLY)),)
    assert with_binding(told, (rule(1, Effect(EffectKind.ADVISE)),), MISSED) == told
