"""One worker does several runs: none waits long for another, and a served model is asked as long as nobody waits."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Judgment, Run, RunItem
from inference.receivers import enqueue_batches
from inference.services import stretch
from inference.services.judging import judge_all, judge_batch
from inference.services.making import claim_items
from inference.services.runs import launch_run
from inference.services.stretch import AHEAD, AT_FIRST, Stretch, nobody
from inference.tasks import judge_batch as judge_batch_task
from inference.tasks import tasks_wait
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Always, Reply

pytestmark = pytest.mark.django_db

ANSWER = Always(Reply('{"mismatched": [], "rules": [], "level": "highly", "reason": "as scripted"}'))
IN_FLIGHT = 4


@pytest.fixture
def queued() -> Iterator[deque[int]]:
    """The runs that tasks were queued for, as one worker takes them."""
    found: deque[int] = deque()

    def note(body: Any, **kwargs: object) -> None:
        found.append(body[0][0])

    before_task_publish.connect(note)
    yield found
    before_task_publish.disconnect(note)


def pairs(count: int, slug: str) -> Any:
    return make_benchmark(*(("布洛芬", f"布洛芬片{n}片", "highly") for n in range(count)), slug=slug)


def by_model(scripted_model: Callable[..., Any], count: int, delay: float) -> tuple[Run, Any]:
    server = scripted_model(ANSWER, delay=delay)
    config = make_model_config(server.address)
    assert config.endpoint is not None
    config.endpoint.in_flight = IN_FLIGHT
    config.endpoint.save()
    run = launch_run(by=None, release=make_release(), benchmark=pairs(count, "by-model"), config=config, full=True)
    return run, server


def always() -> bool:
    return True


def test_after_a_stretch_others_wait_for_few_answers_of_a_slow_server(
    scripted_model: Callable[..., Any], settings: Any
) -> None:
    settings.ASK_SECONDS = 0.02
    run, server = by_model(scripted_model, 60, delay=0.1)
    batch = judge_batch(run_id=run.pk, others_wait=always)
    assert batch.stored == server.calls <= AT_FIRST * IN_FLIGHT
    assert set(run.items.values_list("state", flat=True)) == {ItemState.NEW}


def test_what_was_left_is_asked_later_and_nothing_twice(scripted_model: Callable[..., Any], settings: Any) -> None:
    settings.ASK_SECONDS = 0.02
    run, server = by_model(scripted_model, 30, delay=0.01)
    while judge_batch(run_id=run.pk, others_wait=always).again_in is not None:
        pass
    run.refresh_from_db()
    assert (run.state, run.judgments.filter(failure="").count(), server.calls) == (RunState.FINISHED, 30, 30)


def test_a_model_is_asked_for_longer_while_nobody_waits(scripted_model: Callable[..., Any], settings: Any) -> None:
    settings.ASK_SECONDS = 0.2
    run, _server = by_model(scripted_model, 60, delay=0.02)
    assert judge_batch(run_id=run.pk, others_wait=nobody).stored == 60


def test_runs_that_ask_one_server_at_a_time_share_its_calls(scripted_model: Callable[..., Any], settings: Any) -> None:
    settings.JUDGE_BATCH = 1
    run, server = by_model(scripted_model, 12, delay=0.02)
    other = launch_run(by=None, release=make_release(), benchmark=pairs(6, "other"), config=run.config, full=True)
    claim_items(run=other, token="a worker")
    judge_batch(run_id=run.pk)
    assert (server.model.most_in_flight, server.calls) == (IN_FLIGHT // 2, 12)
    RunItem.objects.filter(run=other).update(claimed_until=timezone.now())
    judge_batch(run_id=other.pk)
    assert server.model.most_in_flight == IN_FLIGHT


def test_a_lexical_run_and_one_by_a_model_go_on_side_by_side(
    scripted_model: Callable[..., Any], settings: Any, queued: deque[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ASK_SECONDS, settings.JUDGE_BATCH = 0.05, 10
    slow, _server = by_model(scripted_model, 30, delay=0.02)
    quick = launch_run(by=None, release=slow.release, benchmark=pairs(40, "lexical"), full=True)
    monkeypatch.setattr("inference.tasks.tasks_wait", lambda: bool(queued))
    for run in (slow, quick):
        enqueue_batches(run_id=run.pk)
    while queued:
        judge_batch_task(queued.popleft())
    stored = Judgment.objects.order_by("pk").values_list("run_id", flat=True)
    turns = [run for run, _judgments in groupby(stored)]
    assert {run.state for run in Run.objects.all()} == {RunState.FINISHED}
    assert len(turns) > 2, "one of them was kept waiting to the end"


def test_a_task_that_nobody_took_waits() -> None:
    current_app.control.purge()
    before = tasks_wait()
    judge_batch_task.delay(0)
    assert (before, tasks_wait()) == (False, True)


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.ASK_SECONDS = 10
    found = Clock()
    monkeypatch.setattr(stretch, "time", found)
    return found


@pytest.mark.parametrize(("others_wait", "lasts"), [(always, 10), (nobody, 30)])
def test_how_long_a_stretch_lasts(clock: Clock, others_wait: Callable[[], bool], lasts: int) -> None:
    one = Stretch(IN_FLIGHT, others_wait)
    while not one.over:
        clock.now += 0.5
    assert lasts <= clock.now - 100 <= lasts + 1


@pytest.mark.parametrize(("latency", "room"), [(0.05, AHEAD * 64), (5.0, 64 + 13)])
def test_a_quick_server_has_more_handed_over_ahead(clock: Clock, latency: float, room: int) -> None:
    one = Stretch(64, nobody)
    one.ask()
    assert one.room == AT_FIRST * 64
    clock.now += latency
    for _answer in range(64):
        one.hear()
    assert one.room == room


def test_a_command_takes_as_long_as_it_needs(scripted_model: Callable[..., Any], settings: Any) -> None:
    settings.ASK_SECONDS = 0.02
    run, server = by_model(scripted_model, 20, delay=0.01)
    assert (judge_all(run=run).state, server.calls) == (RunState.FINISHED, 20)
