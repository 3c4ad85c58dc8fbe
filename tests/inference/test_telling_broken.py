"""Cases that a configuration judges: one that the pipeline breaks on fails alone, a lost database fails them all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from inference.knowledge.passages import Found
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.stages import Stage
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.chains import chain_for
from inference.services import judging_cases
from inference.services.judging_cases import JudgedCase, judge_cases
from inference.services.telling import Telling
from rules.engine.recall import RuleIndex
from tests.factories import make_release
from tests.inference.model_configs import make_model_config
from tests.inference.model_stages import make_endpoint, make_stage_config, scripted
from tests.inference.small_lexicon import SMALL
from tests.inference.test_asking_broken import HIGHLY, breaking
from tests.scripted_model.script import Reply

pytestmark = pytest.mark.django_db

BROKEN = "没有这种药"
CASES = [Case("布洛芬", "布洛芬片"), Case(BROKEN, "布洛芬片"), Case("布洛芬", "布洛芬胶囊")]
FAULT = Failure("error", "RuntimeError")
NONSENSE = Reply("no idea")


class BreakingSearch:
    """Finds nothing, and breaks on one query."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        if text == BROKEN:
            raise self.error
        return ()


def understood(error: Exception) -> list[Understanding | Failure]:
    with Telling(Chain(SMALL, RuleIndex(()), search=BreakingSearch(error)), None) as telling:
        return telling.understand(CASES)


def kinds(judged: Sequence[JudgedCase]) -> list[Failure | None]:
    return [replace(one.failure, raw="") if one.failure else None for one in judged]


def test_a_case_that_the_pipeline_breaks_on_fails_alone() -> None:
    found = understood(RuntimeError("no such thing should happen"))
    assert [isinstance(one, Understanding) for one in found] == [True, False, True]
    assert found[1] == FAULT


def test_a_lost_database_is_no_fault_of_a_case() -> None:
    with pytest.raises(OperationalError):
        understood(OperationalError("database is locked"))


def test_a_fault_after_a_model_was_asked_fails_the_case_alone(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}))
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    chain = chain_for(release=make_release(), config=config).searching(BreakingSearch(RuntimeError()))
    with Telling(chain, config) as telling:
        found = telling.understand(CASES)
    assert [isinstance(one, Understanding) for one in found] == [True, False, True]
    assert found[1] == FAULT


@pytest.mark.parametrize("name", ["request_of", "trace_of", "repair_of"])
def test_what_breaks_while_a_model_judges_fails_the_case_alone(
    name: str, scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(call: Any) -> Any:
        return HIGHLY(call) if name != "repair_of" else NONSENSE

    config = make_model_config(scripted_model(script).address)
    monkeypatch.setattr(judging_cases, name, breaking(getattr(judging_cases, name), BROKEN))
    make_release()
    judged = judge_cases(by=None, cases=CASES, config=config)
    assert kinds(judged)[1] == FAULT
    assert FAULT not in kinds(judged)[::2]


def test_what_breaks_while_rules_decide_fails_the_case_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Chain, "decide", breaking(Chain.decide, BROKEN))
    assert kinds(judge_cases(by=None, cases=CASES)) == [None, FAULT, None]


@pytest.mark.parametrize("name", ["request_of", "read"])
def test_a_unit_that_the_pipeline_breaks_on_fails_its_cases_alone(
    name: str, scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = MODEL_STAGES[Stage.REWRITE]
    word = BROKEN if name == "request_of" else "broken"
    broken = replace(stage, **{name: breaking(getattr(stage, name), word)})
    monkeypatch.setitem(MODEL_STAGES, Stage.REWRITE, broken)  # type: ignore[arg-type]
    say = {"request_of": {"changes": [], "tags": []}, "read": Reply("broken")}[name]
    server = scripted_model(
        scripted({"rewrite": lambda call: say if BROKEN in call.prompt else {"changes": [], "tags": []}})
    )
    config = make_stage_config(make_endpoint(server.address), Stage.REWRITE)
    make_release()
    assert [one and one.kind for one in kinds(judge_cases(by=None, cases=CASES, config=config))] == [
        None,
        "stage_rewrite_error",
        None,
    ]
