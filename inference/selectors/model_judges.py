"""The served model that a configuration judges with."""

from dataclasses import dataclass

from inference.engines.protocol import Endpoint
from inference.enums import Engine
from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.key import LEXICAL, digest_of
from inference.pipeline.model_settings import ModelSettings
from inference.selectors.endpoints import opened


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A model with how it is asked: what decides an answer, the server to ask, and the row that its replies belong to."""

    settings: ModelSettings
    endpoint: Endpoint
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
    if config is None or config.engine != Engine.LLM or config.endpoint_id is None:
        return LEXICAL
    return digest_of(settings_of(config).identity())
