"""How sure a judgment is of its class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.confidence import LEAST, MOST, confidence_of, grounds_of, read_weights
from inference.pipeline.effects import Outcome, apply_rules
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from tests.inference.small_lexicon import SMALL

FORBID = EngineRule(
    number=1,
    version=1,
    conditions=(Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),),
    effect=Effect(EffectKind.FORBID),
)
PLAIN, FORBIDDING = Chain(SMALL, RuleIndex(())), Chain(SMALL, RuleIndex((FORBID,)))


def decided(query: str, title: str, chain: Chain = PLAIN) -> tuple[Understanding, Outcome]:
    understood = chain.understand(Case(query, title))
    assert isinstance(understood, Understanding)
    recalled = chain.index.recall(understood.facts)
    return understood, apply_rules(understood.comparison, recalled, understood.mismatched, chain.parameters)


def test_the_grounds_say_what_a_judgment_rests_on() -> None:
    assert set(grounds_of(*decided("布洛芬胶囊", "[石药]布洛芬片"))) == {
        "always",
        "line 4",
        "efficacy same",
        "name same",
        "dosage_form different",
        "less most words shared",
    }


def test_a_rule_that_moves_the_class_takes_the_place_of_the_line() -> None:
    assert set(grounds_of(*decided("布洛芬", "[石药]布洛芬片", FORBIDDING))) == {"always", "a rule decided"}


def test_a_name_found_whole_is_surer_than_a_name_nobody_knows() -> None:
    known, unknown = decided("布洛芬", "[石药]布洛芬片"), decided("祛浊胶囊", "[某厂]益康胶囊")
    assert confidence_of(*known) > confidence_of(*unknown)


def test_a_trace_carries_it() -> None:
    trace = PLAIN.judge(Case("布洛芬", "[石药]布洛芬片")).trace
    assert trace is not None
    assert trace.confidence == confidence_of(*decided("布洛芬", "[石药]布洛芬片"))


WORDS = st.lists(
    st.sampled_from(["布洛芬", "仁和", "感冒", "片", "孕妇", "001", "某", "[", "]", " "]), min_size=1, max_size=8
)


@given(WORDS, WORDS)
def test_it_lies_within_its_bounds_and_every_ground_counts_once(query: list[str], title: list[str]) -> None:
    understood = PLAIN.understand(Case("".join(query), "".join(title)))
    if not isinstance(understood, Understanding):
        return
    outcome = apply_rules(understood.comparison, (), understood.mismatched, PLAIN.parameters)
    grounds = list(grounds_of(understood, outcome))
    assert len(grounds) == len(set(grounds))
    assert LEAST <= confidence_of(understood, outcome) <= MOST


@pytest.mark.parametrize("ground", ["always", "line 1", "line 6", "efficacy same", "name other", "a rule decided"])
def test_the_weights_were_fitted_on_common_grounds(ground: str) -> None:
    assert read_weights()[ground] != 0
