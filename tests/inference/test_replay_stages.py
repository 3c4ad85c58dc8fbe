"""Replaying judgments whose stages a model performed: what it said is looked up, and nobody is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from inference.models import Judgment, ModelReply
from inference.pipeline.stages import Stage
from inference.selectors.replays import Why, judgments_with, replay
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release
from tests.inference.model_stages import make_endpoint, make_stage_config, scripted
from tests.scripted_model.script import Reply

pytestmark = pytest.mark.django_db

MEND = {"changes": [{"before": "感帽灵", "after": "感冒灵"}], "tags": ["中药"]}


def judged(address: str) -> int:
    benchmark = make_benchmark(("感帽灵", "[999]感冒灵颗粒10g*9袋", "highly"))
    config = make_stage_config(make_endpoint(address), Stage.REWRITE)
    run = judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark, config=config))
    return Judgment.objects.get(run=run).pk


def why(judgment: int) -> Why | None:
    (found,) = replay(judgments_with([judgment]))
    return found.why


def test_it_comes_to_the_same_without_asking(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({"rewrite": MEND}))
    one = judged(server.address)
    assert (why(one), server.calls) == (None, 1)


def test_a_failed_stage_stays_failed(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({"rewrite": Reply("no")}))
    one = judged(server.address)
    assert (why(one), server.calls) == (None, 2)


def test_what_is_no_longer_kept_is_said_to_be_so(scripted_model: Callable[..., Any]) -> None:
    one = judged(scripted_model(scripted({"rewrite": MEND})).address)
    ModelReply.objects.all()._raw_delete("default")  # as if a database had lost them: rows are never deleted
    assert why(one) is Why.NO_REPLY
