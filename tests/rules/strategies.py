"""Random rules and facts over a small vocabulary, so that they meet."""

from hypothesis import strategies as st

from rules.engine.attributes import Attribute, Facts, Level, Side
from rules.engine.content import RuleContent
from rules.engine.recall import Recalled
from rules.engine.rule import (
    ATTRIBUTED,
    LEVELLED,
    RELATIONAL,
    VALUED,
    Condition,
    Effect,
    EffectKind,
    EngineRule,
    Operator,
)

ATTRIBUTES = (Attribute.BRAND, Attribute.EFFICACY)
VALUES = ("a", "b", "c")
TEXTS = ("", "a", "ab", "xbc", "c a", "zz")

sets = st.frozensets(st.sampled_from(VALUES))
side_values = st.dictionaries(st.sampled_from(ATTRIBUTES), sets)
facts = st.builds(
    Facts,
    query=side_values,
    product=side_values,
    query_text=st.sampled_from(TEXTS),
    title=st.sampled_from(TEXTS),
    mismatched=st.frozensets(st.sampled_from(ATTRIBUTES)),
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A whole condition: every operator on every side it may stand on."""
    operator = draw(st.sampled_from(Operator))
    side = Side.BOTH if operator in RELATIONAL else draw(st.sampled_from(Side))
    attribute = None if operator is Operator.TEXT_CONTAINS else draw(st.sampled_from(ATTRIBUTES))
    most = 0 if operator not in VALUED else 1 if operator is Operator.IS else 3
    words = (*VALUES, "Ａ", "bc") if operator is Operator.TEXT_CONTAINS else VALUES
    values = draw(st.lists(st.sampled_from(words), min_size=min(most, 1), max_size=most, unique=True))
    return Condition(side, operator, attribute, tuple(values))


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    """A whole effect."""
    kind = draw(st.sampled_from(EffectKind))
    level = draw(st.sampled_from(Level)) if kind in LEVELLED else None
    named = draw(st.lists(st.sampled_from(ATTRIBUTES), min_size=1, unique=True)) if kind in ATTRIBUTED else []
    return Effect(kind, level, tuple(named))


condition_rows = st.lists(conditions(), min_size=1, max_size=4).map(tuple)
contents = st.builds(RuleContent, title=st.just("A rule"), conditions=condition_rows, effect=effects())


@st.composite
def rule_sets(draw: st.DrawFn, most: int = 12) -> tuple[EngineRule, ...]:
    """Rules numbered from 1, in a random order of age."""
    drawn = draw(st.lists(contents, max_size=most))
    ages = draw(st.permutations(range(len(drawn))))
    return tuple(c.engine_rule(number=n, version=1, age_order=ages[n - 1]) for n, c in enumerate(drawn, start=1))


recalled_rules = rule_sets(6).map(lambda rules: tuple(Recalled(rule, ()) for rule in rules))
