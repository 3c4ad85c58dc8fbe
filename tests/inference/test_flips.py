"""Which changes of rules made a level flip: held to planted causes, and to judging under every set of changes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.attribution import attribute
from inference.comparison import Change
from inference.flips import Credit, Flip, Moved, RuleTotals, flip_of, totals_of
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.pipeline.under_rules import READING, changed_rules, levels_between, reading_of, settled_level
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.inference.small_lexicon import SMALL

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
FORBID = Effect(EffectKind.FORBID)
WAIVE = Effect(EffectKind.WAIVE, attributes=(Attribute.BRAND,))
REQUIRE = Effect(EffectKind.REQUIRE, WEAKLY, (Attribute.BRAND,))
CASE = Case("芬必得", "[石药]布洛芬胶囊")
"""Another brand than that asked for: moderately relevant by line 4."""
Rules = tuple[EngineRule, ...]


def rule(number: int, effect: Effect, word: str = "布洛芬", *, version: int = 1, conditions: int = 1) -> EngineRule:
    """A rule on a word of the title; the newer version of a rule is the newer rule."""
    one = Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=(word,))
    age = number + 100 * version
    return EngineRule(number, version, (one,) * conditions, effect, age_order=age, digest=f"{number}.{version}")


def capped(level: Level) -> Effect:
    return Effect(EffectKind.CAP, level)


def forced(level: Level) -> Effect:
    return Effect(EffectKind.FORCE, level)


def with_rules(rules: Rules, parameters: Parameters | None = None) -> Chain:
    return Chain(SMALL, RuleIndex(rules), parameters)


def flip(before: Chain, after: Chain, case: Case = CASE) -> Flip | None:
    """How a pair flips from one chain to another."""
    was, now = (reading_of(one, understood(one, case), before, after) for one in (before, after))
    return flip_of(changed_rules(was, now), levels_between(was, now))


def understood(chain_: Chain, case: Case) -> Understanding:
    found = chain_.understand(case)
    assert isinstance(found, Understanding)
    return found


def told(found: Flip | None) -> tuple[object, ...] | None:
    if found is None:
        return None
    return found.credit.value, set(found.needed), [set(one) for one in found.smallest.sets]


OLD = rule(1, capped(WEAKLY))
PLANTED: list[tuple[str, Rules, Rules, tuple[object, ...] | None]] = [
    ("a rule came", (), (rule(1, FORBID),), ("alone", {1}, [{1}])),
    ("a rule went", (rule(1, FORBID),), (), ("alone", {1}, [{1}])),
    ("a rule has another version", (OLD,), (rule(1, capped(IRRELEVANT), version=2),), ("alone", {1}, [{1}])),
    ("one of two that came did it", (), (rule(1, FORBID), rule(2, capped(HIGHLY))), ("alone", {1}, [{1}])),
    ("a rule in force before has no part", (OLD,), (OLD, rule(2, FORBID)), ("alone", {2}, [{2}])),
    ("either of two", (), (rule(1, FORBID), rule(2, forced(IRRELEVANT))), ("jointly", set(), [{1}, {2}])),
    ("a waiver and a cap, together", (rule(3, capped(WEAKLY)),), (rule(1, WAIVE), rule(2, capped(HIGHLY))), ("jointly", {1, 3}, [{1, 3}])),
    ("a requirement came and its waiver went", (rule(5, WAIVE, conditions=2),), (rule(1, REQUIRE),), ("jointly", {1, 5}, [{1, 5}])),
    ("a forbid before a force", (), (rule(1, FORBID), rule(2, forced(WEAKLY))), ("alone", {1}, [{1}])),
    ("a specific cap before a general one", (), (rule(1, capped(WEAKLY), conditions=2), rule(2, capped(IRRELEVANT))), ("alone", {1}, [{1}])),
    ("a newer force before an older one", (rule(1, forced(WEAKLY)),), (rule(1, forced(WEAKLY)), rule(2, forced(HIGHLY))), ("alone", {2}, [{2}])),
    ("the one in front went", (rule(1, FORBID), rule(2, forced(WEAKLY))), (rule(2, forced(WEAKLY)),), ("alone", {1}, [{1}])),
    ("the one in front went, the one behind it came", (rule(1, FORBID),), (rule(2, forced(WEAKLY)),), ("jointly", {1, 2}, [{1, 2}])),
    ("nothing that matters here", (), (rule(1, FORBID, "感冒"),), None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED])
def test_planted_causes(before: Rules, after: Rules, expected: tuple[object, ...] | None) -> None:
    assert told(flip(with_rules(before), with_rules(after))) == expected


def test_every_planted_cause_is_found_and_nothing_else() -> None:
    wanted = {(name, number) for name, _b, _a, what in PLANTED if what for number in set().union(*what[2])}
    found = {
        (name, number)
        for name, before, after, _what in PLANTED
        if (one := flip(with_rules(before), with_rules(after)))
        for number in one.credited
    }
    assert len(found & wanted) / len(found) == len(found & wanted) / len(wanted) == 1.0


def powerset(everyone: Iterable[int]) -> list[frozenset[int]]:
    numbers = sorted(everyone)
    return [frozenset(some) for some in chain.from_iterable(combinations(numbers, n) for n in range(len(numbers) + 1))]


def brute(before: Rules, after: Rules, case: Case) -> tuple[set[int], list[set[int]]] | None:
    """What was needed and the smallest sets, by judging the case anew under every set of the changes."""
    old, new = ({one.number: one for one in rules} for rules in (before, after))
    changed = frozenset(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))
    level = {}
    for made in powerset(changed):
        rules = [(new if number in made else old).get(number) for number in sorted(old.keys() | new.keys())]
        level[made] = with_rules(tuple(one for one in rules if one)).judge(case).trace.level
    if level[frozenset()] is level[changed]:
        return None
    giving = [made for made in level if level[made] is level[changed]]
    least = min(map(len, giving))
    needed = {one for one in changed if level[changed - {one}] is not level[changed]}
    return needed, [set(made) for made in giving if len(made) == least]


EFFECTS = st.sampled_from(
    [FORBID, WAIVE, REQUIRE, Effect(EffectKind.ADVISE)]
    + [Effect(kind, level) for kind in (EffectKind.FORCE, EffectKind.CAP, EffectKind.FLOOR) for level in Level]
)
WORDS = st.sampled_from(["布洛芬", "石药", "感冒"])
DRAWN = st.builds(rule, st.integers(1, 6), EFFECTS, WORDS, version=st.integers(1, 2), conditions=st.integers(1, 2))
RULES = st.lists(DRAWN, max_size=4, unique_by=lambda one: one.number).map(tuple)


@given(RULES, RULES)
def test_flips_by_brute_force(before: Rules, after: Rules) -> None:
    # A version is written once: the same number and version are the same rule.
    kept = {(one.number, one.version): one for one in before}
    after = tuple(kept.get((one.number, one.version), one) for one in after)
    found = flip(with_rules(before), with_rules(after))
    expected = brute(before, after, CASE)
    assert (found and (set(found.needed), [set(one) for one in found.smallest.sets])) == expected


@given(RULES)
def test_a_level_without_recalling_again_is_that_of_the_chain(rules: Rules) -> None:
    whole = with_rules(rules)
    read = reading_of(whole, understood(whole, CASE), whole, whole)
    for some in powerset(read.new):
        under = tuple(read.new[number] for number in some)
        assert read.level(under) is with_rules(under).judge(CASE).trace.level


def test_the_attribution_of_a_judgment() -> None:
    whole = with_rules((rule(1, WAIVE), rule(2, capped(WEAKLY)), rule(3, FORBID, "感冒")))
    read = reading_of(whole, understood(whole, CASE), whole, whole)
    found = attribute(read.new, lambda numbers: read.level(read.new[number] for number in numbers))
    assert ([one.number for one in found.parts], found.smallest.sets) == ([1, 2], (frozenset({2}),))


SWITCHED_OFF = Parameters(off=(Stage.RULES,))


def test_a_flip_by_the_reading_is_no_rules() -> None:
    found = flip(with_rules((rule(1, FORBID),)), with_rules((rule(1, FORBID),), SWITCHED_OFF))
    assert told(found) == ("no_rule", {READING}, [{READING}])
    assert found is not None and found.credited == frozenset()


def test_where_the_reading_would_have_done_as_well_no_rule_has_credit() -> None:
    found = flip(with_rules((rule(1, FORBID),)), with_rules((), SWITCHED_OFF))
    assert told(found) == ("no_rule", set(), [{READING}, {1}])


def test_a_rule_that_needs_the_new_reading_has_part_of_the_credit() -> None:
    before, after = with_rules((), SWITCHED_OFF), with_rules((rule(1, FORBID),))
    found = flip(before, after)
    assert told(found) == ("jointly", {READING, 1}, [{READING, 1}])
    assert found is not None and found.credited == {1}


def moved(change: Change, *sets: set[int], judge_moved: bool = False) -> Moved:
    """A flip that these smallest sets of changes made."""
    level = {frozenset(some): WEAKLY for some in sets}
    everyone = frozenset().union(*sets)
    table = {some: level.get(some, HIGHLY) for some in powerset(everyone)} | {everyone: WEAKLY}
    return Moved(change, flip_of(everyone, table.__getitem__), judge_moved)


MOVED = [
    moved(Change.FIXED, {1}),
    moved(Change.FIXED, {1}),
    moved(Change.BROKEN, {2}),
    moved(Change.CHANGED, {1, 2}),
    moved(Change.FIXED, {2}, {3}),
    moved(Change.BROKEN, {READING}),
    Moved(Change.FIXED, None),
]


def test_totals_a_rule() -> None:
    totals = totals_of(MOVED)
    assert totals.rules == (
        RuleTotals(1, Counter({Change.FIXED: 2}), Counter({Change.CHANGED: 1})),
        RuleTotals(2, Counter({Change.BROKEN: 1}), Counter({Change.CHANGED: 1, Change.FIXED: 1})),
        RuleTotals(3, Counter(), Counter({Change.FIXED: 1})),
    )
    assert (totals.no_rule, totals.unknown, totals.withheld) == ({Change.BROKEN: 1}, {Change.FIXED: 1}, {})


def test_when_the_judge_moved_no_rule_has_credit() -> None:
    totals = totals_of([*MOVED, Moved(Change.BROKEN, None, judge_moved=True)])
    assert (totals.rules, totals.judge_moved, totals.no_rule) == ((), 1, {Change.BROKEN: 2})
    assert totals.withheld == {Change.FIXED: 3, Change.BROKEN: 1, Change.CHANGED: 1}


def test_a_flip_between_sets_that_no_model_was_asked_is_not_put_down_to_anything() -> None:
    known = {frozenset(): HIGHLY, frozenset({1, 2}): WEAKLY}
    assert Moved(Change.FIXED, flip_of([1, 2], known.get)).credit is Credit.UNKNOWN
    assert Moved(Change.FIXED, flip_of([1], {frozenset(): HIGHLY, frozenset({1}): WEAKLY}.get)).credit is Credit.ALONE


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        ([rule(1, FORBID), rule(2, forced(WEAKLY))], IRRELEVANT),
        ([rule(1, forced(WEAKLY))], WEAKLY),
        ([rule(1, capped(WEAKLY))], None),
        ([rule(1, capped(WEAKLY)), rule(2, Effect(EffectKind.FLOOR, WEAKLY))], WEAKLY),
        ([], None),
    ],
)
def test_what_hard_effects_settle_whatever_a_model_answers(rules: list[EngineRule], level: Level | None) -> None:
    assert settled_level(rules, frozenset()) is level


def test_rules_of_one_number_and_another_digest_differ() -> None:
    before, after = with_rules((OLD,)), with_rules((replace(OLD, digest="other", effect=FORBID),))
    assert told(flip(before, after)) == ("alone", {1}, [{1}])
