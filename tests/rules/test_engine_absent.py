"""Values that no query or no product has: few stand for all, and a rule that never fires says which ones it lacks."""

from datetime import date
from functools import reduce
from operator import or_

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.analysis import Analysis, analyse
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.findings import Absent, Conflict, NeverFires, Shadowed
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from rules.engine.situation import ANYTHING, UNNAMED, Domain, limited
from tests.rules.test_engine_analysis import ATTRIBUTES, TODAY, rule_sets

VALUES = ("a", "b", "elsewhere")
"""What the rules of a test name."""
BRAND, USE, FORM = Attribute.BRAND, Attribute.EFFICACY, Attribute.DOSAGE_FORM
CAP = Effect(EffectKind.CAP, Level.WEAKLY)

absences = st.frozensets(
    st.tuples(st.sampled_from([Side.QUERY, Side.PRODUCT]), st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES))
)
rests = st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(["", "p", "pq", "pqr", "pqrstu"]).map(frozenset))


def named(rules: tuple[EngineRule, ...]) -> dict[Attribute, frozenset[str]]:
    """The values that rules name."""
    asked = [(c.attribute, frozenset(c.values)) for rule in rules for c in rule.conditions if c.attribute]
    return {one: reduce(or_, (values for attribute, values in asked if attribute is one)) for one, _values in asked}


def whole(absent: frozenset[tuple[Side, Attribute, str]], rest: dict[Attribute, frozenset[str]]) -> Domain:
    """The domain with every value in it: what is open has a hundred that no rule names."""
    many = frozenset(f"other {number}" for number in range(100))
    sides = [
        {one: {v for v in VALUES if (side, one, v) not in absent} | rest.get(one, many) for one in ATTRIBUTES}
        for side in (Side.QUERY, Side.PRODUCT)
    ]
    return Domain(*({one: frozenset(values) for one, values in side.items()} for side in sides))


def found(rules: tuple[EngineRule, ...], domain: Domain) -> set[tuple[object, ...]]:
    """What is found, without the witnesses."""
    told = set()
    for one in analyse(rules, since=TODAY, domain=domain):
        if isinstance(one, Conflict):
            told.add((one.one, one.other, one.winner))
        elif isinstance(one, NeverFires):
            told.add((one.rule, one.expired, one.absent))
        elif isinstance(one, Shadowed):
            told.add((one.rule,))
    return told


@given(rules=rule_sets(), absent=absences, rest=rests)
def test_a_few_values_find_what_all_of_them_find(
    rules: tuple[EngineRule, ...],
    absent: frozenset[tuple[Side, Attribute, str]],
    rest: dict[Attribute, frozenset[str]],
) -> None:
    few = limited({one: frozenset(VALUES) for one in ATTRIBUTES}, absent, rest)
    assert found(rules, few) == found(rules, whole(absent, rest))


@given(rules=rule_sets(), brands=st.frozensets(st.sampled_from(VALUES)), uses=st.sets(st.sampled_from("abpqrs")))
def test_what_is_known_of_some_rules_holds_of_more_that_name_more_values(
    rules: tuple[EngineRule, ...], brands: frozenset[str], uses: set[str]
) -> None:
    """Products lack some brands; of uses there are but a few, on both sides."""
    absent = {(Side.PRODUCT, BRAND, one) for one in brands}
    absent |= {(side, USE, one) for side in (Side.QUERY, Side.PRODUCT) for one in VALUES if one not in uses}

    def domain(some: tuple[EngineRule, ...]) -> Domain:
        told = named(some)
        return limited(told, absent, {USE: frozenset(uses) - told.get(USE, frozenset())})

    before = Analysis(rules[1:], since=TODAY, domain=domain(rules[1:]))
    for one in before.rules:
        _ = before.never_firing(one) or before.shadowed(one)
    after = before.with_rules(rules, domain(rules))
    assert told_by(after) == told_by(Analysis(rules, since=TODAY, domain=domain(rules)))


def told_by(analysis: Analysis) -> list[tuple[object, ...]]:
    return [(analysis.never_firing(one), analysis.shadowed(one) is None) for one in analysis.rules]


def never(domain: Domain, *conditions: Condition, until: date | None = None) -> NeverFires | None:
    rule = EngineRule(1, 1, conditions, CAP, valid_until=until)
    return Analysis((rule,), since=TODAY, domain=domain).never_firing(rule)


def lacking(*absent: tuple[Side, Attribute, str]) -> Domain:
    values = {attribute: frozenset("xyz") for _side, attribute, _value in absent}
    return limited(values, absent, {})


def test_the_values_it_lacks_are_those_of_a_condition_that_has_none_left() -> None:
    either = Condition(Side.PRODUCT, Operator.IS_ANY_OF, BRAND, ("x", "y"))
    form = Condition(Side.PRODUCT, Operator.IS_ANY_OF, FORM, ("x", "z"))
    domain = lacking((Side.PRODUCT, BRAND, "x"), (Side.PRODUCT, BRAND, "y"), (Side.PRODUCT, FORM, "x"))
    absent = tuple(Absent(Side.PRODUCT, BRAND, value) for value in "xy")
    assert never(domain, either, form) == NeverFires(1, False, absent)


def test_one_value_that_is_there_is_enough() -> None:
    either = Condition(Side.PRODUCT, Operator.IS_ANY_OF, BRAND, ("x", "y"))
    assert never(lacking((Side.PRODUCT, BRAND, "x")), either) is None


def test_of_both_sides_the_one_that_lacks_it_is_named() -> None:
    both = Condition(Side.BOTH, Operator.IS, BRAND, ("x",))
    domain = lacking((Side.PRODUCT, BRAND, "x"))
    assert never(domain, both) == NeverFires(1, False, (Absent(Side.PRODUCT, BRAND, "x"),))


def test_conditions_that_exclude_each_other_lack_no_value() -> None:
    missing = Condition(Side.PRODUCT, Operator.IS_MISSING, BRAND)
    named = Condition(Side.PRODUCT, Operator.IS, BRAND, ("x",))
    assert never(lacking((Side.PRODUCT, BRAND, "x")), missing, named) == NeverFires(1, False)


def test_a_rule_whose_last_day_is_over_is_told_that_alone() -> None:
    named = Condition(Side.PRODUCT, Operator.IS, BRAND, ("x",))
    assert never(lacking((Side.PRODUCT, BRAND, "x")), named, until=date(2020, 1, 1)) == NeverFires(1, True)


def test_where_nothing_is_absent_any_value_is_possible() -> None:
    assert limited({BRAND: frozenset("xyz")}, (), {FORM: frozenset("abc")}) == ANYTHING


def test_what_stands_for_all_others_is_in_no_rule() -> None:
    domain = limited({BRAND: frozenset("xyz")}, [(Side.PRODUCT, BRAND, "x")], {})
    assert domain == Domain(product={BRAND: frozenset({"y", "z", *UNNAMED})})
