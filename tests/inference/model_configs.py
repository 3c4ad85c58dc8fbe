"""Configurations that judge by a scripted model."""

from typing import Any

from inference.enums import Engine
from inference.models import ModelEndpoint, PipelineConfig
from tests.factories import make_user, numbers
from tests.scripted_model.server import MODEL


def make_model_config(address: str, *, canaries: int = 0, **model_settings: Any) -> PipelineConfig:
    """A configuration that asks the server at an address."""
    number = next(numbers)
    endpoint = ModelEndpoint.objects.create(
        name=f"server {number}", address=address, model=MODEL, created_by=make_user(username=f"lead{number}")
    )
    return PipelineConfig.objects.create(
        name=f"model {number}", engine=Engine.LLM, endpoint=endpoint, model_settings=model_settings, canaries=canaries
    )
