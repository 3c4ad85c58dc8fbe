"""Configurations whose stages a scripted model performs, and the replies that it gives at each of them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.stages import Stage
from tests.factories import make_user, numbers
from tests.scripted_model.script import Answer, Call, Reply
from tests.scripted_model.server import MODEL

REPLIES: Mapping[str, Any] = {
    "judgment": {"mismatched": [], "rules": [], "level": "highly", "reason": "as scripted"},
    "rewrite": {"changes": [], "tags": ["西药"]},
    "entities": {"entities": []},
}
"""A reply to every kind of request, in which nothing is proposed."""


def make_endpoint(address: str, **settings: Any) -> ModelEndpoint:
    """A scripted model as an endpoint."""
    number = next(numbers)
    by = make_user(username=f"endpoint{number}")
    return ModelEndpoint.objects.create(
        name=f"server {number}", address=address, model=MODEL, created_by=by, **settings
    )


def make_stage_config(
    endpoint: ModelEndpoint, *stages: Stage, judge: ModelEndpoint | None = None, **settings: Any
) -> PipelineConfig:
    """A configuration in which a model performs some stages, and with `judge` one gives the level.

    Unless told otherwise it has a seed of its own: what was read lately is remembered from test to test.
    """
    number = next(numbers)
    said = {stage.value: {"endpoint": endpoint.pk, "settings": {"seed": number} | settings} for stage in stages}
    engine = "llm" if judge else "lexical"
    return PipelineConfig.objects.create(
        name=f"stages {number}", engine=engine, endpoint=judge, stages=said, canaries=0
    )


def asked_for(call: Call) -> str:
    """Which kind of reply a request asks for: a stage, or judgment."""
    name: str = call.body["response_format"]["json_schema"]["name"]
    return name


def scripted(by_stage: Mapping[str, Any]) -> Callable[[Call], Answer]:
    """A script that answers by what is asked for: an answer, the content of one, or a function that gives either."""

    def script(call: Call) -> Answer:
        said = {**REPLIES, **by_stage}[asked_for(call)]
        said = said(call) if callable(said) else said
        if isinstance(said, Mapping):
            return Reply(json.dumps(said, ensure_ascii=False))
        return said  # type: ignore[no-any-return]

    return script
