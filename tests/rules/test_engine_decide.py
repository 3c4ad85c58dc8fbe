"""What recalled rules do to a level."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.decide import Decision, EffectStep, decide
from rules.engine.recall import Recalled
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.rules.strategies import ATTRIBUTES, recalled_rules

levels = st.sampled_from(Level)
mismatches = st.frozensets(st.sampled_from(ATTRIBUTES))
BRAND = frozenset({Attribute.BRAND})


def recalled(
    number: int,
    kind: EffectKind,
    level: Level | None = None,
    attributes: tuple[Attribute, ...] = (),
    *,
    conditions: int = 1,
    age: int = 0,
) -> Recalled:
    one = Condition(Side.QUERY, Operator.IS_PRESENT, Attribute.BRAND)
    return Recalled(EngineRule(number, 1, (one,) * conditions, Effect(kind, level, attributes), age_order=age), ())


def decided(*rules: Recalled, proposed: Level = Level.HIGHLY, mismatched: frozenset[Attribute] = BRAND) -> Decision:
    return decide(unwaived=proposed, proposed=proposed, recalled=rules, mismatched=mismatched)


@given(levels, levels, recalled_rules, mismatches, st.randoms())
def test_the_order_of_the_recalled_does_not_matter(unwaived, proposed, rules, mismatched, random) -> None:
    shuffled = random.sample(rules, len(rules))
    first, second = (
        decide(unwaived=unwaived, proposed=proposed, recalled=order, mismatched=mismatched)
        for order in (rules, shuffled)
    )
    assert first == second


@given(levels, recalled_rules, mismatches)
def test_every_step_starts_where_the_one_before_ended(proposed, rules, mismatched) -> None:
    decision = decide(unwaived=proposed, proposed=proposed, recalled=rules, mismatched=mismatched)
    level = proposed
    for step in decision.steps:
        assert step.before is level
        level = step.after
    assert level is decision.level
    assert sorted(step.number for step in decision.steps) == [one.rule.number for one in rules]


@given(levels, recalled_rules, mismatches)
def test_a_forbid_always_leaves_irrelevant(proposed, rules, mismatched) -> None:
    forbid = recalled(99, EffectKind.FORBID)
    assert decided(*rules, forbid, proposed=proposed, mismatched=mismatched).level is Level.IRRELEVANT


@given(levels, recalled_rules, mismatches)
def test_no_level_is_above_a_cap_that_was_not_overruled(proposed, rules, mismatched) -> None:
    decision = decided(*rules, proposed=proposed, mismatched=mismatched)
    assert decision.level.rank <= min((cap.rank for cap in standing(rules, decision)), default=3)


def standing(rules: Sequence[Recalled], decision: Decision) -> list[Level]:
    """The caps that nothing overruled."""
    overruled = {step.number for step in decision.steps if step.outcome == "overruled"}
    caps = (one.rule for one in rules if one.rule.effect.kind is EffectKind.CAP)
    return [rule.effect.level for rule in caps if rule.number not in overruled and rule.effect.level]


def test_without_rules_the_level_stands() -> None:
    assert decided() == Decision(Level.HIGHLY, ())


def test_the_more_specific_rule_wins() -> None:
    general = recalled(1, EffectKind.CAP, Level.IRRELEVANT, age=9)
    specific = recalled(2, EffectKind.CAP, Level.MODERATELY, conditions=2)
    assert decided(general, specific) == Decision(
        Level.MODERATELY,
        (
            EffectStep(1, 1, EffectKind.CAP, Level.HIGHLY, Level.HIGHLY, "overruled", by=2),
            EffectStep(2, 1, EffectKind.CAP, Level.HIGHLY, Level.MODERATELY, "applied"),
        ),
    )


def test_of_two_equally_specific_rules_the_newer_wins() -> None:
    older = recalled(2, EffectKind.FORCE, Level.WEAKLY, age=1)
    newer = recalled(1, EffectKind.FORCE, Level.MODERATELY, age=2)
    assert decided(older, newer).level is Level.MODERATELY


def test_a_cap_holds_against_a_floor() -> None:
    floor, cap = recalled(1, EffectKind.FLOOR, Level.MODERATELY), recalled(2, EffectKind.CAP, Level.WEAKLY)
    assert decided(floor, cap, proposed=Level.IRRELEVANT).level is Level.WEAKLY


def test_a_requirement_caps_only_a_mismatch() -> None:
    rule = recalled(1, EffectKind.REQUIRE, Level.WEAKLY, (Attribute.BRAND,))
    assert decided(rule).level is Level.WEAKLY
    assert decided(rule, mismatched=frozenset()).level is Level.HIGHLY


def test_a_waiver_shows_the_level_it_saved() -> None:
    waive = recalled(1, EffectKind.WAIVE, None, (Attribute.BRAND,))
    decision = decide(unwaived=Level.MODERATELY, proposed=Level.HIGHLY, recalled=[waive], mismatched=BRAND)
    step = EffectStep(1, 1, EffectKind.WAIVE, Level.MODERATELY, Level.HIGHLY, "applied", attributes=(Attribute.BRAND,))
    assert decision == Decision(Level.HIGHLY, (step,))


def test_a_more_specific_waiver_overrules_a_requirement() -> None:
    require = recalled(1, EffectKind.REQUIRE, Level.WEAKLY, (Attribute.BRAND,))
    waive = recalled(2, EffectKind.WAIVE, None, (Attribute.BRAND,), conditions=2)
    assert decided(require, waive).level is Level.HIGHLY
