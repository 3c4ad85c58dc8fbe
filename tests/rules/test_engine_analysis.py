"""Findings about whole rule sets are those that a look at every situation finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.analysis import Analysis, analyse
from rules.engine.attributes import Attribute, Facts, Level, Side
from rules.engine.decide import decide
from rules.engine.disagreement import opposed
from rules.engine.findings import Absent, Conflict, NeverFires, Shadowed
from rules.engine.recall import Recalled
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from rules.engine.situation import Domain, Situation
from rules.engine.text import normalise
from tests.rules.reference import holds
from tests.rules.strategies import effects

TODAY = date(2026, 1, 1)
DAYS = [TODAY + timedelta(days=n) for n in range(5)]
"""Rules begin and end on the first four; on the last the later ones have ended."""
ATTRIBUTES = (Attribute.BRAND, Attribute.EFFICACY)
QUERY, PRODUCT = ("a", "b"), ("a", "b")
DOMAIN = Domain(
    {attribute: frozenset(QUERY) for attribute in ATTRIBUTES},
    {attribute: frozenset(PRODUCT) for attribute in ATTRIBUTES},
)
WORDS = ("x", "xy")


def subsets(values: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(some) for some in chain.from_iterable(combinations(values, n) for n in range(len(values) + 1))]


def every_situation() -> Iterator[Facts]:
    """All facts over the domain; a text holds some of the words."""
    texts = ("", "x", "xy")
    for brand, efficacy, sold, serves in product(subsets(QUERY), subsets(QUERY), subsets(PRODUCT), subsets(PRODUCT)):
        query = {Attribute.BRAND: brand, Attribute.EFFICACY: efficacy}
        goods = {Attribute.BRAND: sold, Attribute.EFFICACY: serves}
        for query_text in texts:
            yield Facts(query, goods, query_text, "")


EVERYTHING = list(every_situation())


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A condition over the domain; texts are read on the side of the query alone, to keep all situations few."""
    operator = draw(st.sampled_from(Operator))
    if operator is Operator.TEXT_CONTAINS:
        return Condition(
            Side.QUERY, operator, None, tuple(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))
        )
    relational = operator in (Operator.AGREES, Operator.DIFFERS, Operator.OVERLAPS)
    side = Side.BOTH if relational else draw(st.sampled_from(Side))
    most = {Operator.IS: 1, Operator.IS_ANY_OF: 2}.get(operator, 0)
    values = draw(st.lists(st.sampled_from((*QUERY, "elsewhere")), min_size=min(most, 1), max_size=most, unique=True))
    return Condition(side, operator, draw(st.sampled_from(ATTRIBUTES)), tuple(values))


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[EngineRule, ...]:
    """A few rules, each with a random age, some valid on some days only."""
    count = draw(st.integers(1, 5))
    ages = draw(st.permutations(range(count)))
    rules = []
    for number in range(1, count + 1):
        since, until = draw(st.sampled_from([None, *DAYS[:4]])), draw(st.sampled_from([None, *DAYS[:4]]))
        wanted = tuple(draw(st.lists(conditions(), min_size=1, max_size=3)))
        rules.append(EngineRule(number, 1, wanted, draw(effects()), "", since, until, ages[number - 1]))
    return tuple(rules)


def fired(rules: tuple[EngineRule, ...], facts: Facts, day: date) -> list[EngineRule]:
    return [r for r in rules if r.is_valid_on(day) and all(holds(c, facts) for c in r.conditions)]


def overruled(rules: list[EngineRule]) -> set[int]:
    """The rules that the decision says are overruled, whatever was proposed."""
    recalled = [Recalled(rule, ()) for rule in rules]
    decision = decide(
        unwaived=Level.MODERATELY, proposed=Level.MODERATELY, recalled=recalled, mismatched=frozenset(ATTRIBUTES)
    )
    return {step.number for step in decision.steps if step.outcome == "overruled"}


def by_looking(rules: tuple[EngineRule, ...]) -> tuple[set[int], set[int], set[tuple[int, int]]]:
    """Which rules never fire, which are shadowed, which disagree: every situation on every day is looked at."""
    ever, free, together = set(), set(), set()
    for day in DAYS:
        valid = tuple(rule for rule in rules if rule.is_valid_on(day))
        for firing in {tuple(fired(valid, facts, day)) for facts in EVERYTHING} if valid else ():
            numbers = {rule.number for rule in firing}
            ever |= numbers
            free |= numbers - overruled(list(firing))
            together |= {(a.number, b.number) for a, b in combinations(firing, 2) if opposed(a.effect, b.effect)}
    everyone = {rule.number for rule in rules}
    return everyone - ever, ever - free, together


@given(rule_sets())
def test_findings_are_what_looking_at_every_situation_finds(rules: tuple[EngineRule, ...]) -> None:
    findings = list(analyse(rules, since=TODAY, domain=DOMAIN))
    never = {one.rule for one in findings if isinstance(one, NeverFires)}
    shadowed = {one.rule for one in findings if isinstance(one, Shadowed)}
    conflicts = {(one.one, one.other) for one in findings if isinstance(one, Conflict)}
    assert (never, shadowed, conflicts) == by_looking(rules)


@given(rule_sets())
def test_every_witness_shows_its_finding(rules: tuple[EngineRule, ...]) -> None:
    for finding in analyse(rules, since=TODAY, domain=DOMAIN):
        if isinstance(finding, Conflict | Shadowed):
            firing = fired(rules, finding.witness.facts, finding.witness.day)
            numbers = {rule.number for rule in firing}
            if isinstance(finding, Conflict):
                assert {finding.one, finding.other} <= numbers
            else:
                assert finding.rule in overruled(firing)
                assert set(finding.by) <= numbers and finding.by


def brand_is(value: str, side: Side = Side.PRODUCT) -> Condition:
    return Condition(side, Operator.IS, Attribute.BRAND, (value,))


def rule(
    number: int, effect: Effect, *wanted: Condition, since: date | None = None, until: date | None = None
) -> EngineRule:
    return EngineRule(number, 1, wanted, effect, "", since, until, number)


CAP = Effect(EffectKind.CAP, Level.WEAKLY)
FORCE = Effect(EffectKind.FORCE, Level.HIGHLY)
FORBID = Effect(EffectKind.FORBID)


def test_several_rules_together_shadow_one() -> None:
    either = Condition(Side.PRODUCT, Operator.IS_ANY_OF, Attribute.BRAND, ("999", "同仁堂"))
    rules = rule(1, CAP, either), rule(2, FORBID, brand_is("999")), rule(3, FORBID, brand_is("同仁堂"))
    assert [one.rule for one in analyse(rules, since=TODAY) if isinstance(one, Shadowed)] == [1]
    assert not [one for one in analyse(rules[:2], since=TODAY) if isinstance(one, Shadowed)]


def test_rules_valid_one_after_the_other_shadow_one_together() -> None:
    middle = date(2026, 6, 30)
    first = rule(2, FORBID, brand_is("999"), until=middle)
    second = rule(3, FORBID, brand_is("999"), since=middle + timedelta(days=1))
    capped = rule(1, CAP, brand_is("999"))
    assert [one.rule for one in analyse((capped, first, second), since=TODAY) if isinstance(one, Shadowed)] == [1]
    later = rule(3, FORBID, brand_is("999"), since=middle + timedelta(days=2))
    assert not [one for one in analyse((capped, first, later), since=TODAY) if isinstance(one, Shadowed)]


def test_an_expired_rule_says_so() -> None:
    old = rule(1, CAP, brand_is("999"), until=TODAY - timedelta(days=1))
    assert list(analyse((old,), since=TODAY)) == [NeverFires(1, expired=True)]


def test_a_value_that_no_product_has_never_fires() -> None:
    rules = (rule(1, CAP, brand_is("999")),)
    domain = Domain(product={Attribute.BRAND: frozenset({"同仁堂"})})
    absent = (Absent(Side.PRODUCT, Attribute.BRAND, "999"),)
    assert list(analyse(rules, since=TODAY, domain=domain)) == [NeverFires(1, expired=False, absent=absent)]
    assert list(analyse(rules, since=TODAY)) == []


def test_a_conflict_names_the_winner_and_its_witness() -> None:
    asked = Condition(Side.QUERY, Operator.TEXT_CONTAINS, None, ("感冒",))
    rules = rule(1, FORCE, asked), rule(2, FORBID, brand_is("999"))
    (found,) = analyse(rules, since=TODAY)
    assert isinstance(found, Conflict)
    assert (found.one, found.other, found.winner, found.settled.value) == (1, 2, 2, "kind")
    assert found.witness == Situation(Facts({}, {Attribute.BRAND: frozenset({"999"})}, normalise("感冒"), ""), TODAY)


def test_a_rule_alone_is_asked_about_alone() -> None:
    analysis = Analysis((rule(1, CAP, brand_is("999")), rule(2, FORBID, brand_is("999"))), since=TODAY)
    assert analysis.shadowed(analysis.rules[0]) is not None
    assert analysis.shadowed(analysis.rules[1]) is None


@given(rule_sets())
def test_findings_about_one_rule_are_those_it_brings(rules: tuple[EngineRule, ...]) -> None:
    one = rules[0]
    without = {found.rule for found in analyse(rules[1:], since=TODAY, domain=DOMAIN) if isinstance(found, Shadowed)}
    brought = [
        found
        for found in analyse(rules, since=TODAY, domain=DOMAIN)
        if (isinstance(found, Conflict) and one.number in (found.one, found.other))
        or (isinstance(found, NeverFires) and found.rule == one.number)
        or (isinstance(found, Shadowed) and (found.rule == one.number or found.rule not in without))
    ]
    about = list(Analysis(rules, since=TODAY, domain=DOMAIN).about(one))
    before = Analysis([replace(one, effect=CAP, conditions=(brand_is("a"),)), *rules[1:]], since=TODAY, domain=DOMAIN)
    for other in before.rules:
        before.shadowed(other)
    assert sorted(map(repr, before.with_rules(rules).about(one))) == sorted(map(repr, about))
    assert sorted(map(repr, about)) == sorted(map(repr, brought))
