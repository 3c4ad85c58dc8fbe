"""How sure a judgment must be to keep its class: what becomes of one that is not, the rules above it, and the key."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.key import digest_of
from inference.pipeline.model_answer import Answer
from inference.pipeline.model_judge import Answered, trace_of
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.parameters import Parameters
from inference.pipeline.thresholds import Held, Thresholds, Unsure, hold
from inference.pipeline.trace import Failure
from rules.engine.attributes import Level, LevelClass, Side
from rules.engine.decide import decide
from rules.engine.recall import Recalled, RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

H, M, W, I = Level  # noqa: E741
CASE = Case("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒")
EVERYTHING = Thresholds(1, 1, 1)
EFFECTS = [
    None,
    Effect(EffectKind.FORBID),
    *(Effect(kind, level=level) for kind in (EffectKind.FORCE, EffectKind.CAP, EffectKind.FLOOR) for level in Level),
]


def rule(effect: Effect) -> EngineRule:
    always = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",))
    return EngineRule(number=1, version=1, conditions=(always,), effect=effect)


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain(load_lexicon(), RuleIndex(()))


@pytest.mark.parametrize(("level", "after"), [(H, M), (M, I), (W, I), (I, W)])
def test_a_judgment_that_is_not_sure_enough_goes_to_the_class_beside_it(level: Level, after: Level) -> None:
    thresholds = Thresholds(0.5, 0.5, 0.5)
    assert [thresholds.level(level, share) for share in (0.49, 0.5, None)] == [after, level, level]


def test_a_threshold_of_one_class_leaves_the_others() -> None:
    assert [Thresholds(less=1).level(level, 0.5) for level in Level] == [H, I, I, I]


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="less"):
        Thresholds(less=share)


@given(st.sampled_from(list(Level)), st.sampled_from(EFFECTS), st.floats(0, 1))
def test_no_threshold_gets_past_a_hard_effect(level: Level, effect: Effect | None, confidence: float) -> None:
    recalled = (Recalled(rule(effect), ()),) if effect else ()
    decided = decide(unwaived=level, proposed=level, recalled=recalled, mismatched=frozenset())
    held = hold(level, decided, confidence, EVERYTHING, recalled=recalled, mismatched=frozenset())
    allowed = {decide(unwaived=one, proposed=one, recalled=recalled, mismatched=frozenset()).level for one in Level}
    assert held.decision.level in allowed
    if decided.level.level_class is not level.level_class:
        assert held == Held(decided)


def test_a_trace_says_that_it_was_not_sure_enough(chain: Chain) -> None:
    plain = chain.judge(CASE).trace
    assert plain is not None
    assert (plain.level, plain.unsure) == (H, None)
    assert plain.confidence is not None
    unsure = Chain(chain.lexicon, RuleIndex(()), Parameters(sure_highly=1.0)).judge(CASE).trace
    assert unsure is not None
    assert unsure.unsure == Unsure(H, M, plain.confidence, 1.0)
    assert (unsure.proposed, unsure.level, unsure.confidence) == (H, M, None)
    assert unsure.to_json()["unsure"]["after"] == "moderately"
    assert "unsure" not in plain.to_json()


@pytest.mark.parametrize(("effect", "level"), [(EffectKind.FLOOR, H), (EffectKind.FORCE, H), (EffectKind.FORBID, I)])
def test_a_rule_binds_whatever_a_threshold_says(chain: Chain, effect: EffectKind, level: Level) -> None:
    index = RuleIndex((rule(Effect(effect, level=None if effect is EffectKind.FORBID else level)),))
    judged = Chain(chain.lexicon, index, Parameters(sure_highly=1.0, sure_irrelevant=1.0)).judge(CASE).trace
    assert judged is not None
    assert judged.level is level


def test_a_model_that_is_not_sure_enough_is_held_too(chain: Chain) -> None:
    understood = chain.understand(CASE)
    assert not isinstance(understood, Failure)
    settings = ModelSettings("m", sure_highly=0.9)
    levels = [
        trace_of(CASE, understood, (), Answered(Answer(H, confidence=share)), settings).level
        for share in (0.89, 0.9, None)
    ]
    assert levels == [M, H, H]


@pytest.mark.parametrize("name", list(LevelClass))
def test_a_threshold_is_part_of_the_key(chain: Chain, name: LevelClass) -> None:
    keys = {
        Chain(chain.lexicon, RuleIndex(()), Parameters(**{f"sure_{name.value}": share})).judge(CASE).key
        for share in (0.0, 0.5, 0.6)
    }
    assert len(keys) == 3
    asked = [ModelSettings("m", **{f"sure_{name.value}": share}) for share in (0.0, 0.5, 0.6)]
    assert len({digest_of(one.identity()) for one in asked}) == 3
    assert len({digest_of(one.asking.identity()) for one in asked}) == 1


def test_without_thresholds_everything_has_the_key_that_it_had() -> None:
    assert not [name for name in (Parameters().to_json() | ModelSettings("m").to_json()) if name.startswith("sure_")]


def test_thresholds_are_read_as_they_are_written() -> None:
    parameters, settings = Parameters(sure_less=0.5), ModelSettings("m", sure_irrelevant=1)
    assert Parameters.from_json(parameters.to_json()) == parameters
    assert ModelSettings.from_json(settings.to_json()) == settings
    assert settings.asking == replace(settings, sure_irrelevant=0.0)
    with pytest.raises(ValueError, match="sure_less"):
        ModelSettings("m", sure_less=2)
