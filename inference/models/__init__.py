"""Pipeline configurations, the runs made with them, and their judgments."""

from inference.models.pipeline import PipelineConfig
from inference.models.run import Judgment, Run, RunItem

__all__ = ["Judgment", "PipelineConfig", "Run", "RunItem"]
