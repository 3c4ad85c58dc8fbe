"""Two runs that ask a model the same at the same time: one judgment under each key, whichever answer comes first."""

import time
from collections.abc import Callable

import pytest

from inference.engines.asking import Answered, Asking
from inference.engines.protocol import Endpoint
from inference.models import Judgment, JudgmentTrace, Run
from inference.selectors.chains import chain_of
from inference.selectors.model_judges import model_judge
from inference.selectors.replays import judgments_with, replay
from inference.services.asking import Session
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from inference.services.stretch import Stretch, nobody
from inference.services.taking_over import take_over
from inference.services.telling import Telling
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_asking import ROWS, answer
from tests.scripted_model.script import Call, Reply
from tests.scripted_model.server import InThread

pytestmark = pytest.mark.django_db


class Late(Asking):
    """The answers of a server that come only once another run has asked it and ended."""

    def __init__(self, endpoint: Endpoint, meanwhile: Run, server: InThread) -> None:
        super().__init__(endpoint)
        self.meanwhile: Run | None = meanwhile
        self.server = server

    def answered(self, timeout: float | None = None) -> Answered | None:
        run, self.meanwhile = self.meanwhile, None
        if run is not None:
            while self.server.calls < len(ROWS):
                time.sleep(0.001)
            judge_all(run=run)
        return super().answered(timeout)


@pytest.fixture
def server(scripted_model: Callable[..., InThread]) -> InThread:
    """A model that says otherwise to whoever asks second."""

    def moving(call: Call) -> Reply:
        return answer("weakly" if call.number > len(ROWS) else "highly")

    return scripted_model(moving)


def judged_at_once(server: InThread, *, full: bool = False) -> tuple[Run, Run]:
    """A run that asked first and one that was judged to its end before those answers came."""
    release, benchmark = make_release(), make_benchmark(*ROWS)
    late, early = (
        launch_run(by=None, release=release, benchmark=benchmark, config=make_model_config(server.address), full=full)
        for _ in range(2)
    )
    judge = model_judge(late.config)
    assert judge is not None
    take_over(run=late, chain=chain_of(late))
    stretch = Stretch(judge.endpoint.in_flight, nobody)
    with Late(judge.endpoint, early, server) as asking, Telling(chain_of(late), late.config, run=late) as telling:
        assert Session(late, telling, judge, asking, stretch).work() == len(ROWS)
    assert server.calls == 2 * len(ROWS)
    return late, early


def told(run: Run) -> list[tuple[str, int]]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list("level", "traced"))


def test_the_judgment_that_was_stored_first_counts(server: InThread) -> None:
    late, early = judged_at_once(server)
    assert told(late) == told(early)
    assert {level for level, _trace in told(late)} == {"weakly"}
    assert late.judgments.filter(reused=True).count() == JudgmentTrace.objects.count() == len(ROWS)


def test_both_are_replayed_alike(server: InThread) -> None:
    judgments = [one.pk for run in judged_at_once(server) for one in run.judgments.all()]
    assert [one.why for one in replay(judgments_with(judgments))] == [None] * 2 * len(ROWS)


def test_a_run_that_judges_all_anew_keeps_its_own(server: InThread) -> None:
    late, early = judged_at_once(server, full=True)
    assert [{level for level, _trace in told(run)} for run in (late, early)] == [{"highly"}, {"weakly"}]
