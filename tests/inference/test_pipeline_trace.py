"""What a trace looks like in the database: every field of every part, in plain values."""

import json
from dataclasses import asdict, replace
from enum import Enum

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Trace
from rules.engine.attributes import Attribute, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

CONDITION = Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=("石药",))
RULES = (
    EngineRule(number=7, version=1, conditions=(CONDITION,), effect=Effect(EffectKind.FORBID)),
    EngineRule(
        number=8,
        version=2,
        conditions=(CONDITION,),
        effect=Effect(EffectKind.WAIVE, attributes=(Attribute.BRAND, Attribute.DOSAGE_FORM)),
    ),
)


def trace() -> Trace:
    found = Chain(load_lexicon(), RuleIndex(RULES)).judge(Case("芬必得布洛芬胶囊", "[石药]布洛芬片0.1g*24片")).trace
    assert found is not None
    assert found.recalled and found.steps and found.query.mentions and found.compared
    return replace(found, grounds=(("name", "value"),), waived=(Attribute.BRAND,))


def plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and plain(one) for key, one in value.items())
    if isinstance(value, list):
        return all(plain(one) for one in value)
    return not isinstance(value, Enum) and type(value) in (str, int, float, bool, type(None))


def test_a_trace_in_json_leaves_nothing_out() -> None:
    whole = json.loads(json.dumps(asdict(trace())))
    assert (whole.pop("model"), whole.pop("told")) == (None, [])  # left out where no model was asked: the many
    assert whole.pop("flags") == []  # where no text tried to instruct
    assert whole.pop("missed_plainly") == []  # where no model stood between a rule and what it requires
    assert whole.pop("unsure") is None  # and where no threshold was missed: nearly all
    assert trace().to_json() == whole


def test_a_trace_in_json_holds_plain_values_alone() -> None:
    assert plain(trace().to_json())
