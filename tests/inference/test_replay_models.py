"""Replaying what a served model judged: from the replies kept, without a call."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Benchmark
from inference.engines.protocol import ChatReply
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.selectors.canaries import canary_of
from inference.selectors.replays import Why, replay, sampled
from inference.services.judging import judge_all
from inference.services.model_replies import Replied, keep_replies
from inference.services.runs import launch_run
from rules.models import Release
from tests.factories import make_benchmark, make_release, numbers
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_asking import ADVISE, FORBID, NONSENSE, ROWS, answer, by_text
from tests.scripted_model.script import Call, Reply

pytestmark = pytest.mark.django_db


class Moving:
    """A model that answers the level it is told to at the moment."""

    def __init__(self) -> None:
        self.level = "highly"

    def __call__(self, call: Call) -> Reply:
        return answer(self.level)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


@pytest.fixture
def release() -> Release:
    return make_release(FORBID, ADVISE)


def judged(benchmark: Benchmark, release: Release, config: Any, *, full: bool = False) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config, full=full))


def with_thresholds(config: PipelineConfig) -> PipelineConfig:
    """The same model asked the same, under another key."""
    settings = config.model_settings | {"sure_highly": 0.1 + next(numbers) / 1e6}
    return PipelineConfig.objects.create(
        name=f"sure {next(numbers)}", engine="llm", endpoint=config.endpoint, model_settings=settings, canaries=0
    )


def levels(run: Run) -> list[str]:
    return list(run.judgments.order_by("pair").values_list("level", flat=True))


def whys(run: Run) -> list[Why | None]:
    return [one.why for one in replay(sampled(run, 100))]


def test_it_comes_to_the_same_without_a_call(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(by_text)
    run = judged(benchmark, release, make_model_config(server.address))
    assert (whys(run), server.calls) == ([None] * 4, 4)


def test_several_samples_are_all_read_again(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    def by_seed(call: Call) -> Reply:
        return answer(("highly", "weakly", "irrelevant")[call.body["seed"] % 3])

    config = make_model_config(scripted_model(by_seed).address, samples=3, temperature=0.7)
    assert whys(judged(benchmark, release, config)) == [None] * 4


def test_a_model_that_moved_since_leaves_earlier_judgments_as_they_were(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    model = Moving()
    config = make_model_config(scripted_model(model).address)
    runs = [judged(benchmark, release, config)]
    model.level = "weakly"
    runs.append(judged(benchmark, release, config, full=True))
    assert [whys(run) for run in runs] == [[None] * 4] * 2


def test_the_first_reply_counts_as_the_first_judgment_does(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    model = Moving()
    server = scripted_model(model)
    config = make_model_config(server.address)
    first = judged(benchmark, release, config)
    model.level = "weakly"
    judged(benchmark, release, config, full=True)
    under_thresholds = judged(benchmark, release, with_thresholds(config))
    assert levels(under_thresholds) == levels(first)
    assert (server.calls, whys(under_thresholds)) == (8, [None] * 4)
    assert not under_thresholds.judgments.filter(reused=True).exists()


def test_a_first_reply_that_can_not_be_read_any_more_counts_for_nothing(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    server, release = scripted_model(by_text), make_release()
    config = make_model_config(server.address)
    judged(benchmark, release, config)
    ModelReply.objects.filter(pk__gt=0)._raw_delete("default")
    keep_replies(
        endpoint=config.endpoint,
        replied=[Replied(one.key, ChatReply("nonsense", "stop")) for one in Judgment.objects.all()],
    )
    for _time in range(2):
        judged(benchmark, release, with_thresholds(config))
    assert server.calls == 8


def test_a_reply_that_is_not_kept_is_named(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    run = judged(benchmark, release, make_model_config(scripted_model(by_text).address))
    ModelReply.objects.all()._raw_delete("default")
    assert whys(run) == [Why.NO_REPLY] * 4


def test_an_answer_that_never_came_has_the_same_key(
    benchmark: Benchmark, release: Release, scripted_model: Callable[..., Any]
) -> None:
    run = judged(benchmark, release, make_model_config(scripted_model(lambda call: NONSENSE).address))
    assert not run.judgments.filter(failure="").exists()
    assert whys(run) == [None] * 4


def test_canaries_tell_that_a_model_moved(release: Release, scripted_model: Callable[..., Any]) -> None:
    model = Moving()
    benchmark = make_benchmark(*(("创可贴", f"[邦迪]苯扎氯铵贴{n}片", "highly") for n in range(1, 21)))
    config = make_model_config(scripted_model(model).address, canaries=2)
    before = judged(benchmark, release, config)
    model.level = "weakly"
    after = judged(benchmark, release, config)
    found = canary_of(before, after)
    assert (found.judged, len(found.moved)) == (2, 2)
    assert sorted(after.judgments.values_list("level", "reused")) == [("highly", True)] * 18 + [("weakly", False)] * 2
    assert whys(after) == [None] * 20
