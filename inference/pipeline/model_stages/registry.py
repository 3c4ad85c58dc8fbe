"""The stages that a served model can perform. Whoever writes another one adds it here, and hooks it into the reader."""

from collections.abc import Mapping

from inference.pipeline.key import LEXICAL, digest_of
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages import consistency, entities, images, product, rewrite
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.stages import Stage

MODEL_STAGES: Mapping[Stage, ModelStage] = {
    one.stage: one
    for one in (
        rewrite.MODEL_STAGE,
        entities.MODEL_STAGE,
        consistency.MODEL_STAGE,
        product.MODEL_STAGE,
        images.MODEL_STAGE,
    )
}


def stages_identity(settings: Mapping[Stage, ModelSettings]) -> str:
    """The digest of which model performs which stage and how; empty where none does."""
    return digest_of({stage: MODEL_STAGES[stage].identity(one) for stage, one in settings.items()}) if settings else ""


def judged_by(level: ModelSettings | None, stages: Mapping[Stage, ModelSettings]) -> str:
    """Who decides, as a key names it: the engine that gives the level, with the models that perform stages before it."""
    judge = digest_of(level.identity()) if level else LEXICAL
    return f"{judge} {stages_identity(stages)}" if stages else judge
