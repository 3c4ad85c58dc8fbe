"""The only code that writes pipeline configurations."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.enums import EndpointKind, Engine
from inference.models import ModelEndpoint, PipelineConfig
from inference.models.pipeline import CANARIES, DEFAULT_CONFIG
from inference.pipeline.key import digest_of
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.outside import UNSET, is_set
from rules.services.audit import record, take_turn
from rules.services.permissions import require

Stages = Mapping[Stage, "Asked"]
NO_STAGES: Stages = {}
MOST_CHARACTERS = 80
MOST_CANARIES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A served model that gives the level, and how it is asked."""

    endpoint: ModelEndpoint
    settings: ModelSettings


@transaction.atomic
def create_configuration(
    *,
    by: User | None,
    name: str,
    parameters: Parameters,
    canaries: int = CANARIES,
    model: Asked | None = None,
    stages: Stages = NO_STAGES,
) -> PipelineConfig:
    """A configuration of the lexical engine, or with `model` one in which a served model gives the level.

    `stages` are those before the level that a served model performs.

    `by` is None for what the system makes of itself. Raises PermissionDenied, and ValidationError for a name that is
    empty, too long or taken, and for a model that can't be asked.
    """
    if by is not None:
        require(by, "inference.add_pipelineconfig")
    refuse_bad(name, parameters, canaries)
    config = PipelineConfig(name=clean(name), parameters=parameters.to_json(), canaries=canaries)
    judge_with(config, model)
    perform_with(config, parameters, stages)
    refuse_taken(config)
    config.save()
    record(by=by, verb="config.created", subject=subject_of(config), data=told(config))
    return config


@transaction.atomic
def change_configuration(
    *,
    by: User,
    config: PipelineConfig,
    name: str,
    parameters: Parameters,
    canaries: int = CANARIES,
    model: Asked | None = None,
    stages: Stages = NO_STAGES,
) -> PipelineConfig:
    """Other parameters, canaries, another model or another name for a configuration that no run used yet.

    Raises PermissionDenied, and ValidationError as above, and for one that was used or is the default one.
    """
    require(by, "inference.change_pipelineconfig")
    refuse_bad(name, parameters, canaries)
    locked = PipelineConfig.objects.select_for_update().get(pk=config.pk)
    if locked.name == DEFAULT_CONFIG or locked.runs.exists():
        raise ValidationError(_("A configuration that was used is not altered. Make another one."), code="used")
    before = told(locked)
    locked.name, locked.parameters, locked.canaries = clean(name), parameters.to_json(), canaries
    judge_with(locked, model)
    perform_with(locked, parameters, stages)
    refuse_taken(locked)
    locked.save()
    if before != told(locked):
        record(by=by, verb="config.changed", subject=subject_of(locked), data={"before": before, "after": told(locked)})
    return locked


def configuration_with(*, name: str, parameters: Parameters) -> PipelineConfig:
    """The configuration of this name and these parameters, made where there is none.

    Where the name is taken by other parameters, as after an update that brought another stage, a digest goes with it.
    """
    mark = digest_of(parameters.to_json())[:6]
    for one in (name, f"{name} {mark}"):
        found = PipelineConfig.objects.filter(name=one).first()
        if found is None:
            return create_configuration(by=None, name=one, parameters=parameters)
        if found.engine == Engine.LEXICAL and not found.stages and found.parameters == parameters.to_json():
            return found
    raise ValidationError(_("The name %(name)s is taken by another configuration.") % {"name": name})


def refuse_bad(name: str, parameters: Parameters, canaries: int) -> None:
    """Raise ValidationError for a name or parameters that can't be."""
    if not clean(name) or len(clean(name)) > MOST_CHARACTERS:
        raise ValidationError(_("A name has 1 to %(most)s characters.") % {"most": MOST_CHARACTERS}, code="name")
    if not 0 <= parameters.name_overlap <= 1:
        raise ValidationError(_("The share of character pairs lies between 0 and 1."), code="name_overlap")
    if parameters.outside and not is_set():
        raise ValidationError({"outside": UNSET}, code="outside")
    if not 0 <= canaries <= MOST_CANARIES:
        raise ValidationError(_("There are 0 to %(most)s canaries.") % {"most": MOST_CANARIES}, code="canaries")


def judge_with(config: PipelineConfig, model: Asked | None) -> None:
    """Let a served model give the level, or the lexical engine. Raises ValidationError for one that can't be asked."""
    if model is None:
        config.engine, config.endpoint, config.model_settings = Engine.LEXICAL, None, {}
        return
    if model.endpoint.retired or model.endpoint.kind == EndpointKind.EMBEDDING:
        message = _("%(endpoint)s can't be asked for a judgment.") % {"endpoint": model.endpoint}
        raise ValidationError({"endpoint": message}, code="endpoint")
    if (model.settings.model, model.settings.revision) != (model.endpoint.model, model.endpoint.revision):
        message = _("%(endpoint)s serves another model by now.") % {"endpoint": model.endpoint}
        raise ValidationError({"endpoint": message}, code="endpoint")
    config.engine, config.endpoint, config.model_settings = Engine.LLM, model.endpoint, model.settings.manner


def perform_with(config: PipelineConfig, parameters: Parameters, stages: Stages) -> None:
    """Have served models perform stages. Raises ValidationError, by the field of the stage, for what can't be."""
    for stage, asked in stages.items():
        if why := _refusal(stage, asked, parameters):
            raise ValidationError({f"stage_{stage.value}": why}, code="stage")
    config.stages = {
        stage.value: {"endpoint": asked.endpoint.pk, "settings": asked.settings.manner}
        for stage, asked in stages.items()
    }


def _refusal(stage: Stage, asked: Asked, parameters: Parameters) -> str:
    """Why a model can't perform a stage, or an empty text."""
    endpoint, kind = asked.endpoint, EndpointKind(asked.endpoint.kind)
    names = {"endpoint": endpoint, "stage": _(stage.label)}
    if stage not in MODEL_STAGES or endpoint.retired or kind == EndpointKind.EMBEDDING:
        return _("%(endpoint)s can't be asked for this stage: %(stage)s.") % names
    if stage is Stage.IMAGES and kind != EndpointKind.VISION:
        return _("%(endpoint)s is no vision model: it can't be shown pictures.") % names
    if stage in parameters.switched_off:
        return _("This stage is switched off: %(stage)s.") % names
    if (asked.settings.model, asked.settings.revision) != (endpoint.model, endpoint.revision):
        return _("%(endpoint)s serves another model by now.") % names
    return ""


def refuse_taken(config: PipelineConfig) -> None:
    """Raise ValidationError where another configuration has the name; one that is being made now is waited for."""
    take_turn()
    if PipelineConfig.objects.filter(name=config.name).exclude(pk=config.pk).exists():
        message = _("There is another configuration named %(name)s.") % {"name": config.name}
        raise ValidationError(message, code="taken")


def clean(name: str) -> str:
    """A name without what no database keeps and no eye sees."""
    return " ".join(name.replace("\0", "").split())


def subject_of(config: PipelineConfig) -> str:
    """How the audit trail names a configuration."""
    return f"config:{config.pk}"


def told(config: PipelineConfig) -> dict[str, object]:
    """What a configuration says, for the audit trail."""
    model = {"endpoint": str(config.endpoint), **config.model_settings} if config.endpoint else {}
    return {
        "name": config.name,
        **model,
        **{f"stage_{stage}": f"{one['endpoint']} {one['settings']}" for stage, one in config.stages.items()},
        "canaries": config.canaries,
        **config.parameters,
        "off": ", ".join(config.parameters.get("off", ())),
    }
