"""Which rules made a level so: held to planted causes, and to a count over every set."""

from collections.abc import Iterable
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.attribution import MOST_SETS, Attribution, LevelOf, Numbers, Part, attribute
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.decide import decide, waived_attributes
from rules.engine.recall import Recalled
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.rules.strategies import recalled_rules

BRAND, FORM = Attribute.BRAND, Attribute.DOSAGE_FORM
HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
FORBID, ADVISE = Effect(EffectKind.FORBID), Effect(EffectKind.ADVISE)


def cap(level: Level) -> Effect:
    return Effect(EffectKind.CAP, level)


def floor(level: Level) -> Effect:
    return Effect(EffectKind.FLOOR, level)


def force(level: Level) -> Effect:
    return Effect(EffectKind.FORCE, level)


def require(level: Level, attribute_: Attribute = BRAND) -> Effect:
    return Effect(EffectKind.REQUIRE, level, (attribute_,))


def waive(*attributes: Attribute) -> Effect:
    return Effect(EffectKind.WAIVE, attributes=attributes or (BRAND,))


def rule(number: int, effect: Effect, conditions: int = 1) -> EngineRule:
    """A rule; of two as specific the one with the higher number is newer."""
    one = Condition(Side.QUERY, Operator.IS_PRESENT, Attribute.BRAND)
    return EngineRule(number, 1, (one,) * conditions, effect, age_order=number, digest=str(number))


def level_by(rules: Iterable[EngineRule], missed: frozenset[Attribute], bare: Level = HIGHLY) -> LevelOf:
    """What the engine makes of some of the rules: `bare` where nothing unwaived is missed, else moderately."""
    known = {one.number: Recalled(one, ()) for one in rules}

    def level(numbers: Numbers) -> Level:
        recalled = tuple(known[number] for number in numbers)
        unwaived = MODERATELY if missed else bare
        proposed = MODERATELY if missed - waived_attributes(recalled) else bare
        return decide(unwaived=unwaived, proposed=proposed, recalled=recalled, mismatched=missed).level

    return level


def planted(*effects: tuple[Effect, int] | Effect, missed: tuple[Attribute, ...] = ()) -> Attribution:
    """The attribution of rules numbered from 1 with these effects, each with its number of conditions."""
    pairs = [one if isinstance(one, tuple) else (one, 1) for one in effects]
    rules = [rule(number, effect, conditions) for number, (effect, conditions) in enumerate(pairs, 1)]
    return attribute(range(1, len(rules) + 1), level_by(rules, frozenset(missed)))


def parts(found: Attribution) -> dict[int, tuple[object, ...]]:
    """What is said of each rule, in short."""
    return {one.number: (one.part.value, *one.either, *one.behind) for one in found.parts}


def sets(found: Attribution) -> list[set[int]]:
    return [set(one) for one in found.smallest.sets]


PLANTED = [
    ("forbid alone", [FORBID], (), {1: ("decisive",)}, [{1}]),
    ("beside advice and an idle floor", [ADVISE, cap(WEAKLY), floor(IRRELEVANT)], (), {1: ("silent",), 2: ("decisive",), 3: ("silent",)}, [{2}]),
    ("forbid before force", [FORBID, force(WEAKLY)], (), {1: ("decisive",), 2: ("masked", 1)}, [{1}]),
    ("forbid before a force that says the same", [FORBID, force(IRRELEVANT)], (), {1: ("either", 2), 2: ("either", 1)}, [{1}, {2}]),
    ("specific before general", [(cap(MODERATELY), 2), (cap(WEAKLY), 1)], (), {1: ("decisive",), 2: ("masked", 1)}, [{1}]),
    ("newer before older", [force(WEAKLY), force(MODERATELY)], (), {1: ("masked", 2), 2: ("decisive",)}, [{2}]),
    ("newer and older alike", [cap(WEAKLY), cap(WEAKLY)], (), {1: ("either", 2), 2: ("either", 1)}, [{1}, {2}]),
    ("behind two", [FORBID, force(MODERATELY), cap(WEAKLY)], (), {1: ("decisive",), 2: ("masked", 1), 3: ("buried",)}, [{1}]),
    ("three alike", [cap(WEAKLY), cap(WEAKLY), cap(WEAKLY)], (), {1: ("buried",), 2: ("buried",), 3: ("buried",)}, [{1}, {2}, {3}]),
    ("a requirement waived by the newer rule", [require(WEAKLY), waive()], (BRAND,), {1: ("masked", 2), 2: ("decisive",)}, [{2}]),
    ("a waiver overruled by the newer requirement", [waive(), require(WEAKLY)], (BRAND,), {1: ("masked", 2), 2: ("decisive",)}, [{2}]),
    ("two waivers, together", [waive(BRAND), waive(FORM)], (BRAND, FORM), {1: ("decisive",), 2: ("decisive",)}, [{1, 2}]),
    ("require one and waive the other", [require(WEAKLY, FORM), waive(BRAND)], (BRAND, FORM), {1: ("decisive",), 2: ("silent",)}, [{1}]),
    ("cap and floor that cancel", [cap(WEAKLY), floor(HIGHLY)], (BRAND,), {1: ("decisive",), 2: ("masked", 1)}, [{1}]),
]  # fmt: skip


@pytest.mark.parametrize(("effects", "missed", "expected", "smallest"), [one[1:] for one in PLANTED], ids=[o[0] for o in PLANTED])  # fmt: skip
def test_planted_causes(effects: list, missed: tuple, expected: dict, smallest: list) -> None:
    found = planted(*effects, missed=missed)
    assert (parts(found), sets(found), found.exhaustive) == (expected, smallest, True)


def test_what_would_be_without_each_rule_and_without_any() -> None:
    found = planted(FORBID, force(WEAKLY))
    assert (found.level, found.bare, [one.without for one in found.parts]) == (IRRELEVANT, HIGHLY, [WEAKLY, IRRELEVANT])


def test_a_waiver_and_a_cap_that_only_act_together() -> None:
    table = {(): IRRELEVANT, (1,): HIGHLY, (2,): IRRELEVANT, (1, 2): MODERATELY}
    found = attribute([1, 2], lambda numbers: table[tuple(sorted(numbers))])
    assert (parts(found), sets(found)) == ({1: ("decisive",), 2: ("decisive",)}, [{1, 2}])


def test_no_rule_is_needed_for_the_level_there_was() -> None:
    found = planted(cap(HIGHLY))
    assert (sets(found), parts(found), found.level) == ([set()], {1: ("silent",)}, found.bare)


def powerset(everyone: Iterable[int]) -> list[frozenset[int]]:
    numbers = sorted(everyone)
    return [frozenset(some) for some in chain.from_iterable(combinations(numbers, n) for n in range(len(numbers) + 1))]


def brute(everyone: frozenset[int], level_of: LevelOf) -> tuple[dict[int, tuple[object, ...]], list[set[int]]]:
    """Parts and smallest sets by the definitions alone, over every set."""
    level = {some: level_of(some) for some in powerset(everyone)}
    giving = [some for some in level if level[some] is level[everyone]]
    least = min(len(some) for some in giving)
    told: dict[int, tuple[object, ...]] = {}
    for one in sorted(everyone):
        rest = everyone - {one}
        acting = {some for some in powerset(rest) if level[some] is not level[some | {one}]}
        fronts = [front for front in sorted(rest) if rest - {front} in acting]
        either = [front for front in fronts if level[everyone - {front}] is level[everyone]]
        behind = [front for front in fronts if front not in either]
        if rest in acting:
            told[one] = ("decisive",)
        else:
            word = "either" if either else "masked" if behind else "buried" if acting else "silent"
            told[one] = (word, *either, *behind)
    return told, [set(some) for some in giving if len(some) == least]


@given(recalled_rules, st.frozensets(st.sampled_from((Attribute.BRAND, Attribute.EFFICACY))), st.sampled_from(Level))
def test_the_engine_by_brute_force(recalled: tuple[Recalled, ...], missed: frozenset[Attribute], bare: Level) -> None:
    level_of = level_by([one.rule for one in recalled], missed, bare)
    everyone = frozenset(one.rule.number for one in recalled)
    found = attribute(everyone, level_of)
    assert (parts(found), sets(found)) == brute(everyone, level_of)


@given(st.integers(0, 4), st.data())
def test_any_judge_by_brute_force(count: int, data: st.DataObject) -> None:
    everyone = frozenset(range(1, count + 1))
    table = {some: data.draw(st.sampled_from(Level)) for some in powerset(everyone)}
    found = attribute(everyone, table.__getitem__)
    told, smallest = brute(everyone, table.__getitem__)
    assert (parts(found), sets(found)) == (told, smallest)


def test_each_set_is_tried_once() -> None:
    tried: list[Numbers] = []

    def level(numbers: Numbers) -> Level:
        tried.append(numbers)
        return HIGHLY

    found = attribute(range(1, 6), level)
    assert (len(tried), found.tried) == (32, 32)
    assert len(set(tried)) == 32


def test_where_nobody_was_asked_nothing_is_claimed() -> None:
    known = {frozenset({1, 2}): WEAKLY, frozenset({1}): HIGHLY, frozenset({2}): WEAKLY}
    found = attribute([1, 2], known.get)
    assert parts(found) == {1: ("unknown",), 2: ("decisive",)}
    assert (sets(found), found.smallest.sure, found.bare, found.exhaustive) == ([{2}], False, None, False)


def test_the_level_itself_must_be_known() -> None:
    with pytest.raises(ValueError, match="not known"):
        attribute([1], lambda numbers: None)


def test_of_more_rules_than_can_be_tried_the_small_sets_are() -> None:
    level_of = level_by([rule(n, cap(WEAKLY)) for n in range(1, 31)], frozenset())
    found = attribute(range(1, 31), level_of)
    assert (found.smallest.count, len(found.smallest.sets), found.smallest.searched_to) == (30, MOST_SETS, 1)
    assert (found.exhaustive, set(found.of(Part.BURIED))) == (False, set(range(1, 31)))


def test_a_search_that_ends_before_it_finds_says_so() -> None:
    needed = frozenset(range(1, 9))
    found = attribute(range(1, 31), lambda numbers: WEAKLY if needed <= numbers else HIGHLY)
    assert (found.smallest.sets, found.smallest.searched_to, found.smallest.sure) == ((), 2, False)
    assert found.of(Part.DECISIVE) == tuple(sorted(needed))
