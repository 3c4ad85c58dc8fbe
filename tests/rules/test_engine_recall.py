"""Which rules a pair recalls."""

from hypothesis import given

from rules.engine.attributes import Attribute, Facts, Level, Side
from rules.engine.compiled import compiled
from rules.engine.recall import Recalled, RecalledWord, RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.rules.reference import holds
from tests.rules.strategies import conditions, facts, rule_sets

CAP = Effect(EffectKind.CAP, Level.WEAKLY)


@given(rule_sets(), facts)
def test_recall_equals_looking_at_every_rule(rules: tuple[EngineRule, ...], facts: Facts) -> None:
    expected = [rule for rule in rules if all(holds(condition, facts) for condition in rule.conditions)]
    assert [recalled.rule for recalled in RuleIndex(rules).recall(facts)] == expected


@given(conditions(), facts)
def test_a_prepared_condition_holds_where_the_condition_does(condition: Condition, facts: Facts) -> None:
    assert compiled(condition)(facts) is holds(condition, facts)


def test_a_recalled_rule_names_the_words_it_was_recalled_on() -> None:
    rule = EngineRule(
        number=1,
        version=1,
        conditions=(
            Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",)),
            Condition(Side.BOTH, Operator.DIFFERS, Attribute.BRAND),
            Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, None, ("颗粒", "丸")),
        ),
        effect=CAP,
    )
    facts = Facts(
        {Attribute.BRAND: frozenset({"999"})}, {Attribute.BRAND: frozenset({"x"})}, "999感冒灵", "x感冒灵颗粒"
    )
    words = (
        RecalledWord(Side.QUERY, Attribute.BRAND, "999"),
        RecalledWord(Side.PRODUCT, Attribute.BRAND, "x"),
        RecalledWord(Side.PRODUCT, None, "颗粒"),
    )
    assert RuleIndex([rule]).recall(facts) == (Recalled(rule, words),)


def test_a_word_that_is_only_white_space_is_in_no_text() -> None:
    rule = EngineRule(1, 1, (Condition(Side.QUERY, Operator.TEXT_CONTAINS, None, (" ",)),), CAP)
    assert RuleIndex([rule]).recall(Facts({}, {}, "a b", "")) == ()


def test_only_rules_that_share_something_with_the_pair_are_looked_at() -> None:
    rules = [
        EngineRule(n, 1, (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (f"brand {n}",)),), CAP)
        for n in range(1000)
    ]
    facts = Facts({Attribute.BRAND: frozenset({"brand 7"})}, {}, "", "")
    assert RuleIndex(rules).candidates(facts) == [rules[7]]
