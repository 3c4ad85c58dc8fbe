"""Runs that ask one server at a time share the calls that it takes, whether it judges or performs stages."""

from collections.abc import Callable
from typing import Any

import pytest

from inference.models import ModelEndpoint, PipelineConfig, Run
from inference.pipeline.stages import Stage
from inference.services.judging import judge_all
from inference.services.making import claim_items
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release, numbers
from tests.inference.model_stages import make_endpoint, make_stage_config, scripted

pytestmark = pytest.mark.django_db

MOST = 4


def launched(config: PipelineConfig) -> Run:
    rows = [(f"感冒灵{number}号", f"[999]感冒灵颗粒{number}g", "highly") for number in range(12)]
    benchmark = make_benchmark(*rows, slug=f"shared-{next(numbers)}")
    return launch_run(by=None, release=make_release(), benchmark=benchmark, config=config, full=True)


def judging_by(endpoint: ModelEndpoint) -> PipelineConfig:
    return make_stage_config(endpoint, judge=endpoint)


def rewriting_by(endpoint: ModelEndpoint) -> PipelineConfig:
    return make_stage_config(endpoint, Stage.REWRITE)


@pytest.mark.parametrize("mine", [judging_by, rewriting_by])
@pytest.mark.parametrize(
    ("others", "part"), [((judging_by,), 2), ((rewriting_by,), 2), ((judging_by, rewriting_by), 1)]
)
def test_each_of_several_runs_has_its_part_of_the_calls(
    mine: Callable[..., PipelineConfig], others: Any, part: int, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(scripted({}), delay=0.01)
    endpoint = make_endpoint(server.address, in_flight=MOST)
    for other in others:
        claim_items(run=launched(other(endpoint)), token="elsewhere")
    judge_all(run=launched(mine(endpoint)))
    assert server.model.most_in_flight == part


def test_a_run_that_asks_another_server_takes_nothing(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(scripted({}), delay=0.01)
    claim_items(run=launched(rewriting_by(make_endpoint("http://127.0.0.1:9/v1"))), token="elsewhere")
    judge_all(run=launched(rewriting_by(make_endpoint(server.address, in_flight=MOST))))
    assert server.model.most_in_flight == MOST
