"""The served models of a configuration: the one that gives the level, and those that perform stages before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inference.engines.protocol import Endpoint
from inference.enums import Engine
from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.key import LEXICAL
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.registry import MODEL_STAGES, judged_by
from inference.pipeline.stages import Stage
from inference.selectors.endpoints import opened


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A model with how it is asked: what decides an answer, the server to ask, and the row that its replies belong to."""

    settings: ModelSettings
    endpoint: Endpoint
    row: ModelEndpoint


@dataclass(frozen=True, slots=True)
class StageModel:
    """A model that performs a stage: how it is asked, and the row of its server."""

    settings: ModelSettings
    row: ModelEndpoint


def model_judge(config: PipelineConfig) -> ModelJudge | None:
    """The model that a configuration judges with; None for the lexical engine. Raises ValidationError where it may not
    be asked.
    """
    if config.engine != Engine.LLM or config.endpoint is None:
        return None
    return ModelJudge(settings_of(config), opened(config.endpoint), config.endpoint)


def settings_of(config: PipelineConfig) -> ModelSettings:
    """What of a model configuration decides an answer."""
    asked = config.asked
    assert asked is not None
    return asked


def judge_of(config: PipelineConfig | None) -> str:
    """Who decides with a configuration, as a key names it."""
    if config is None:
        return LEXICAL
    by_model = config.engine == Engine.LLM and config.endpoint_id is not None
    return judged_by(settings_of(config) if by_model else None, stage_settings(config))


def asks_as(config: PipelineConfig) -> str:
    """Who replies with a model configuration, as the key of a reply names it: thresholds only weigh what was replied."""
    return judged_by(settings_of(config).asking, stage_settings(config))


def stage_settings(config: PipelineConfig | None) -> dict[Stage, ModelSettings]:
    """The stages that a configuration has performed by a model, and how it is asked."""
    return {stage: one.settings for stage, one in stage_models(config).items()}


def stage_models(config: PipelineConfig | None) -> dict[Stage, StageModel]:
    """The model of every stage that one performs, in the order of the pipeline. Raises ValidationError where an
    endpoint is gone.
    """
    said: Mapping[str, Mapping[str, Any]] = config.stages if config else {}
    rows = ModelEndpoint.objects.in_bulk([one["endpoint"] for one in said.values()]) if said else {}
    found = {}
    for stage in Stage:
        if one := said.get(stage.value):
            if one["endpoint"] not in rows:
                raise ValidationError(_("The endpoint of a stage is gone."), code="endpoint")
            row = rows[one["endpoint"]]
            model = {"model": row.model, "revision": row.revision}
            found[stage] = StageModel(ModelSettings.from_json({**one["settings"], **model}), row)
    return found


def servers_of(config: PipelineConfig) -> frozenset[int]:
    """The endpoints that a configuration asks, for levels or at stages."""
    judging = {config.endpoint_id} if config.engine == Engine.LLM and config.endpoint_id else set()
    return frozenset(judging | {int(one["endpoint"]) for one in config.stages.values()})


@dataclass(frozen=True, slots=True)
class Performed:
    """A stage that a model performs, as a page shows it; `prompts` is the digest of what it is asked with."""

    stage: Stage
    endpoint: ModelEndpoint
    settings: ModelSettings
    prompts: str


def performed_with(config: PipelineConfig) -> list[Performed]:
    """The stages that models perform with a configuration. Raises ValidationError where an endpoint is gone."""
    return [
        Performed(stage, one.row, one.settings, MODEL_STAGES[stage].prompts(one.settings))
        for stage, one in stage_models(config).items()
    ]


def asks_models(config: PipelineConfig) -> bool:
    """Whether somebody is asked with a configuration: a model for the level or at a stage, or a search outside."""
    return config.engine == Engine.LLM or bool(config.stages) or bool(config.parameters.get("outside"))


def refuse_unasked(config: PipelineConfig) -> None:
    """Raise ValidationError where a model of the configuration may not be asked."""
    model_judge(config)
    for one in stage_models(config).values():
        opened(one.row)
