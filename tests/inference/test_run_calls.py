"""What a run asked of a model is counted of its replies, cheaply, and shown on its page."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inference.enums import RunState
from inference.models import ModelEndpoint, ModelReply, Run
from inference.selectors.run_calls import calls_of
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.judged_runs import make_run
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Call, Reply

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(3)]
HIGHLY = '{"mismatched": [], "rules": [], "level": "highly", "reason": "said"}'


@pytest.fixture
def endpoint() -> ModelEndpoint:
    return make_model_config("http://127.0.0.1:1/v1").endpoint


def replied(run: Run | None, endpoint: ModelEndpoint, milliseconds: float = 10.0, **said: Any) -> None:
    """A reply that a run got, 100 tokens read of which 60 were cached, and 5 written."""
    tokens = {"prompt_tokens": 100, "cached_tokens": 60, "completion_tokens": 5}
    ModelReply.objects.create(endpoint=endpoint, run=run, key="k", milliseconds=milliseconds, **(tokens | said))


def finished() -> Run:
    run = make_run({})
    run.finished_at = run.created_at + timedelta(seconds=4)
    run.save()
    return run


def test_the_replies_of_a_run_are_counted(endpoint: ModelEndpoint) -> None:
    ModelEndpoint.objects.filter(pk=endpoint.pk).update(price_read=Decimal(2), price_written=Decimal(10))
    run = finished()
    replied(run, endpoint, 10, attempts=3)
    replied(run, endpoint, 20, failure="not_json")
    replied(run, endpoint, 30, repairs=True)
    replied(run, endpoint, 0, failure="resting", attempts=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0)
    replied(None, endpoint, 500)
    replied(finished(), endpoint, 500)
    found = calls_of([run], slow=True)[run.pk]
    assert (found.calls, found.retries, found.read, found.cached, found.written) == (4, 2, 300, 180, 15)
    assert (found.cache_share, found.cost, found.rate) == (0.6, Decimal("0.00075"), 1.0)
    assert (found.mean, found.counts.slow, found.over(3)) == (20.0, 30.0, 0.02)
    assert (found.counts.repairs, found.counts.repaired) == (1, 1)
    assert (found.failed, found.counts.failures) == (2, Counter({"not_json": 1, "resting": 1}))


def test_of_twenty_calls_one_may_take_longer(endpoint: ModelEndpoint) -> None:
    run = finished()
    for n in range(1, 41):
        replied(run, endpoint, n)
    assert calls_of([run], slow=True)[run.pk].counts.slow == 38


def test_without_prices_there_is_no_cost(endpoint: ModelEndpoint) -> None:
    run = finished()
    replied(run, endpoint)
    assert calls_of([run])[run.pk].cost is None


def test_other_prices_count_at_once(endpoint: ModelEndpoint) -> None:
    run = finished()
    replied(run, endpoint)
    assert calls_of([run])[run.pk].cost is None
    ModelEndpoint.objects.filter(pk=endpoint.pk).update(price_read=Decimal(1))
    assert calls_of([run])[run.pk].cost == Decimal("0.0001")


def test_many_runs_cost_the_queries_of_one(endpoint: ModelEndpoint, django_assert_num_queries: Any) -> None:
    runs = [finished() for _ in range(5)]
    for run in runs:
        replied(run, endpoint)
    with django_assert_num_queries(2):
        calls_of(runs)
    with django_assert_num_queries(1):
        calls_of(runs)


def test_what_was_asked_a_second_time_is_kept_as_a_repair(scripted_model: Callable[..., Any]) -> None:
    def first_nonsense(call: Call) -> Reply:
        return Reply(HIGHLY if any(one["role"] == "assistant" for one in call.body["messages"]) else "no idea")

    run = judged(first_nonsense, scripted_model)
    assert Counter(run.replies.values_list("repairs", "failure")) == {(False, "not_json"): 3, (True, ""): 3}


def judged(script: Callable[[Call], Reply], scripted_model: Callable[..., Any], count: int = 3) -> Run:
    config = make_model_config(scripted_model(script).address)
    rows = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(count)]
    benchmark = make_benchmark(*rows, slug=f"of-{count}")
    return judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark, config=config))


def test_the_page_of_a_run_shows_what_was_asked(client: Client, scripted_model: Callable[..., Any]) -> None:
    run = judged(lambda _call: Reply("no idea", cached_tokens=1), scripted_model)
    client.force_login(make_user())
    shown = " ".join(client.get(reverse("inference:run", args=[run.pk])).content.decode().split())
    for words in (
        "Asked of models",
        "6 from the cache",
        "The reply could not be read",
        "0 of 3 unusable replies mended",
        "Loss rate 100.0%",
    ):
        assert words in shown
    assert '3 × The model&#x27;s reply could not be read, also when asked again. <span class="quiet">100.0%' in shown


def test_a_run_that_asks_no_model_says_nothing_of_it(client: Client) -> None:
    run = judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS)))
    client.force_login(make_user())
    assert "Asked of models" not in client.get(reverse("inference:run", args=[run.pk])).content.decode()


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.RUNNING])
def test_the_page_asks_the_database_as_often_for_many_replies(
    client: Client, scripted_model: Callable[..., Any], state: str
) -> None:
    client.force_login(make_user())
    costs = []
    for count in (2, 40):
        run = judged(lambda _call: Reply(HIGHLY), scripted_model, count)
        Run.objects.filter(pk=run.pk).update(state=state)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("inference:run", args=[run.pk]))
        costs.append(len(captured))
    assert costs[0] == costs[1] < 40
