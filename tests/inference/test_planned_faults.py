"""A run against a server that fails three times of ten: what passes is made good, what lasts is counted exactly.

`benchmarks/faults.py` shows the same over 4,400 pairs, with every kind of fault.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from inference.enums import RunState
from inference.models import Judgment, PipelineConfig, Run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.scripted_model.planned import QUICK, Plan, Planned, rows

pytestmark = pytest.mark.django_db
PAIRS = 150


def judged(config: PipelineConfig) -> Run:
    """A run over the planned pairs, judged to its end."""
    benchmark = make_benchmark(*rows(PAIRS))
    return judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark, config=config))


def given_levels(run: Run) -> list[tuple[str, str]]:
    """The level of each pair that did not fail, beside the one planned for it."""
    return list(Judgment.objects.filter(run=run, failure="").values_list("level", "expected"))


def outcomes(run: Run) -> Counter[str]:
    """How the judgments of a run ended. Each pair has one."""
    pairs = Judgment.objects.filter(run=run).values_list("pair", "failure")
    assert len({pair for pair, _failure in pairs}) == len(pairs) == PAIRS
    return Counter(failure for _pair, failure in pairs)


@pytest.mark.parametrize(
    "plan",
    [Plan(kinds=(*QUICK, Planned.TIMED_OUT, Planned.GARBLED)), Plan(lasting=True, kinds=QUICK)],
    ids=["passing", "lasting"],
)
def test_every_pair_ends_as_planned(
    plan: Plan, scripted_model: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = scripted_model(plan, keep=False)
    config = make_model_config(server.address, canaries=0)
    type(config.endpoint).objects.update(timeout=1)
    with caplog.at_level(logging.WARNING):
        run = judged(config)
    assert run.state == RunState.FINISHED
    assert outcomes(run) == plan.failures(range(PAIRS))
    assert all(level == planned for level, planned in given_levels(run))
    assert server.calls == plan.calls(range(PAIRS))
    assert [one for one in caplog.records if one.exc_info] == []
