"""A run that a model judges is asked by one worker at a time: its endpoint never gets more calls than it takes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from inference.enums import RunState
from inference.models import Run, RunItem
from inference.services.judging import judge_all, judge_batch
from inference.services.making import claim_items
from inference.services.runs import launch_run
from inference.signals import work_waiting
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Always, Reply

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(4)]
ANSWER = Always(Reply('{"mismatched": [], "rules": [], "level": "highly", "reason": "as scripted"}'))


@pytest.fixture
def server(scripted_model: Callable[..., Any]) -> Any:
    return scripted_model(ANSWER)


def launched(server: Any) -> Run:
    config = make_model_config(server.address)
    return launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), config=config, full=True)


def test_while_one_worker_asks_another_waits(server: Any, settings: Any) -> None:
    settings.JUDGE_BATCH = 1
    run = launched(server)
    assert len(claim_items(run=run, token="one").items) == 1
    batch = judge_batch(run_id=run.pk)
    assert (batch.stored, batch.again_in is not None and batch.again_in > 1, server.calls) == (0, True, 0)


def test_whoever_asks_may_claim_more_and_nobody_else(server: Any, settings: Any) -> None:
    settings.JUDGE_BATCH = 1
    run = launched(server)
    claimed = [len(claim_items(run=run, token=token).items) for token in ("one", "two", "one")]
    assert claimed == [1, 0, 1]


def test_what_a_dead_worker_held_is_asked_once_its_claim_ran_out(server: Any, settings: Any) -> None:
    settings.JUDGE_BATCH = 1
    run = launched(server)
    claim_items(run=run, token="dead")
    RunItem.objects.filter(claimed_by="dead").update(claimed_until=timezone.now())
    run = judge_all(run=run)
    assert (run.state, run.judgments.count(), server.calls) == (RunState.FINISHED, 4, 4)


def test_nobody_is_called_to_help(
    server: Any, settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    settings.JUDGE_BATCH = 1
    run = launch_run(
        by=None, release=make_release(), benchmark=make_benchmark(*ROWS), config=make_model_config(server.address)
    )
    heard: list[int] = []

    def hear(*, run_id: int, **kwargs: object) -> None:
        heard.append(run_id)

    work_waiting.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        judge_batch(run_id=run.pk)
    assert heard == []
