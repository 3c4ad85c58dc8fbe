"""Pinned examples that no rule covers which should: equal to a look at each."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.analysis import gaps
from rules.engine.attributes import Facts, Level
from rules.engine.content import Example
from rules.engine.rule import EngineRule
from rules.engine.situation import Situation
from tests.rules.reference import holds
from tests.rules.strategies import facts, rule_sets

DAY = date(2026, 1, 1)
EXAMPLE = Example("q", "t", Level.HIGHLY)


@given(rule_sets(), st.lists(st.tuples(st.integers(1, 12), facts), max_size=8))
def test_a_gap_is_an_example_where_a_condition_of_its_rule_fails(
    rules: tuple[EngineRule, ...], pinned: list[tuple[int, Facts]]
) -> None:
    examples = [(number, EXAMPLE, Situation(known, DAY)) for number, known in pinned]
    known = {rule.number: rule.conditions for rule in rules}
    uncovered = [
        (number, one.facts)
        for number, _example, one in examples
        if number not in known or not all(holds(condition, one.facts) for condition in known[number])
    ]
    assert [(gap.rule, gap.witness.facts) for gap in gaps(rules, examples)] == uncovered
