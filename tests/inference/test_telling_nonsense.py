"""Whatever a model says at a stage, the pair is judged, mended or failed with its raw text; nothing is raised, none lost."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.models import Judgment, ModelReply, PipelineConfig
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.model_answer import Fault, FaultKind
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.stages import Stage
from inference.pipeline.told import ByModel, Failed, Said, Unit
from inference.selectors.model_judges import stage_settings
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.recall import RuleIndex
from tests.factories import make_benchmark, make_release
from tests.inference.model_stages import REPLIES, asked_for, make_endpoint, make_stage_config
from tests.inference.small_lexicon import SMALL
from tests.scripted_model.script import Answer, Call, Error, Reply

STAGES = (Stage.REWRITE, Stage.ENTITIES, Stage.PRODUCT)
WORDS = (
    st.sampled_from(["感冒灵", "感帽灵", "布洛芬", "999", "brand", "core_name", "stuffed_name", "片", "", "中药"])
    | st.text()
)
FIELDS = ("changes", "before", "after", "tags", "entities", "attribute", "words", "name", "tricks", "kind", "form")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=6),
    max_leaves=12,
)
SAID = st.text() | VALUES.map(lambda value: json.dumps(value, ensure_ascii=False))
ROUND = st.dictionaries(
    st.sampled_from(["changes", "tags", "entities", "tricks", "brand", "name", "form", "strength"]), VALUES, min_size=3
)
CASES = st.builds(Case, st.text(min_size=1, max_size=30) | WORDS, st.text(min_size=1, max_size=30) | WORDS)


@settings(max_examples=60, deadline=None)
@given(SAID | ROUND.map(json.dumps), st.sampled_from(["stop", "length", ""]), st.sampled_from(list(MODEL_STAGES)))
def test_any_reply_is_read_or_is_a_fault_with_its_raw_text(text: str, finish: str, stage: Stage) -> None:
    read = MODEL_STAGES[stage].read(text, finish)
    assert not isinstance(read, Fault) or read.raw == text


@settings(max_examples=60, deadline=None)
@given(ROUND, CASES)
def test_whatever_can_be_read_leads_to_a_level_or_a_failure(values: dict[str, Any], case: Case) -> None:
    def told(unit: Unit) -> Said | Failed:
        shaped = {"changes": [], "tags": [], "entities": [], "tricks": []} | values
        read = MODEL_STAGES[unit.stage].read(json.dumps(shaped), "stop")
        return Failed("reply_not_answer") if isinstance(read, Fault) else Said(read, "e", "m", "r", "p")

    judged = Chain(SMALL, RuleIndex(()), by_model=ByModel(frozenset(STAGES), "models", told)).judge(case)
    assert judged.trace is None or json.loads(json.dumps(judged.trace.to_json()))
    assert (judged.trace is None) != (judged.failure is None)


Rows = list[tuple[str, str, str]]
NONSENSE: tuple[Callable[[dict[str, Any]], Answer], ...] = (
    lambda said: Reply(json.dumps(said)),
    lambda said: Reply(f"Sure! ```json\n{json.dumps(said)}\n``` Anything else?"),
    lambda said: Reply(""),
    lambda said: Reply(json.dumps(said)[:9], "length"),
    lambda said: Reply("I can't say."),
    lambda said: Reply(json.dumps({**said, "level": "quite", "changes": 3, "entities": {}, "tricks": "x"})),
    lambda said: Reply(json.dumps([said, said])),
    lambda said: Reply(json.dumps({**said, "reason": "\0\ud800", "brand": "\0", "name": "\ud800"})),
    lambda said: Reply(json.dumps({**said, "changes": [{"before": "感\0", "after": "\udc00"}]})),
    lambda said: Error(400),
)


def nonsense(call: Call) -> Answer:
    """Anything at all to one request in three, always the same to the same one."""
    said = REPLIES.get(asked_for(call)) or {"brand": "", "name": "", "form": "", "strength": "", "tricks": []}
    at = hashlib.sha256(call.prompt.encode()).digest()[0] % (3 * len(NONSENSE))
    return NONSENSE[at if at < len(NONSENSE) else 0](dict(said))


def failed_rewrites(config: PipelineConfig, rows: Rows, ends: dict[str, ModelReply]) -> Counter[str]:
    """How the rewrites of queries failed, by the last reply to each: every query has a pair of its own."""
    stage, asked = MODEL_STAGES[Stage.REWRITE], stage_settings(config)[Stage.REWRITE]
    last = [ends[stage.key(Unit(Stage.REWRITE, query), asked)].failure for query, _title, _level in rows]
    faults = set(FaultKind)
    return Counter(f"stage_rewrite_{'reply' if one in faults else 'model'}_{one}" for one in last if one)


@pytest.mark.django_db
@pytest.mark.parametrize("judges", [False, True])
def test_of_a_run_nothing_is_lost_and_every_failure_is_one_reply(
    judges: bool, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(nonsense)
    rows = [(f"感冒灵{number}号", f"[999]感冒灵颗粒{number}g", "highly") for number in range(40)]
    endpoint = make_endpoint(server.address)
    config = make_stage_config(endpoint, *STAGES, judge=endpoint if judges else None)
    run = judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*rows), config=config))
    made = list(Judgment.objects.filter(run=run).select_related("traced"))
    replies = list(ModelReply.objects.order_by("pk"))
    assert (run.state, len(made), sum(bool(one.level) for one in made) + sum(bool(one.failure) for one in made)) == (
        "finished",
        40,
        40,
    )
    ends = {one.key: one for one in replies}
    failed = [one for one in made if one.failure]
    lasting = {one.text for one in ends.values() if one.failure}
    assert failed and len(failed) < 40
    assert all(one.trace.get("raw", "") in lasting | {""} for one in failed)
    assert Counter(one.failure for one in failed if "rewrite" in one.failure) == failed_rewrites(config, rows, ends)
    assert max(Counter((one.key, one.repairs) for one in replies).values()) == 1
    assert {one.key for one in replies if one.repairs} <= {one.key for one in replies if not one.repairs}
