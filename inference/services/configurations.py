"""The only code that writes pipeline configurations."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.enums import Engine
from inference.models import PipelineConfig
from inference.models.pipeline import CANARIES, DEFAULT_CONFIG
from inference.pipeline.key import digest_of
from inference.pipeline.parameters import Parameters
from rules.services.audit import record
from rules.services.permissions import require

MOST_CHARACTERS = 80
MOST_CANARIES = 1000


@transaction.atomic
def create_configuration(
    *, by: User | None, name: str, parameters: Parameters, canaries: int = CANARIES
) -> PipelineConfig:
    """A configuration of the lexical engine. `by` is None for what the system makes of itself.

    Raises PermissionDenied, and ValidationError for a name that is empty, too long or taken.
    """
    if by is not None:
        require(by, "inference.add_pipelineconfig")
    refuse_bad(name, parameters, canaries)
    config = PipelineConfig(name=clean(name), engine=Engine.LEXICAL, parameters=parameters.to_json(), canaries=canaries)
    refuse_taken(config)
    config.save()
    record(by=by, verb="config.created", subject=subject_of(config), data=told(config))
    return config


@transaction.atomic
def change_configuration(
    *, by: User, config: PipelineConfig, name: str, parameters: Parameters, canaries: int = CANARIES
) -> PipelineConfig:
    """Other parameters, canaries or another name for a configuration that no run used yet.

    Raises PermissionDenied, and ValidationError as above, and for one that was used or is the default one.
    """
    require(by, "inference.change_pipelineconfig")
    refuse_bad(name, parameters, canaries)
    locked = PipelineConfig.objects.select_for_update().get(pk=config.pk)
    if locked.name == DEFAULT_CONFIG or locked.runs.exists():
        raise ValidationError(_("A configuration that was used is not altered. Make another one."), code="used")
    before = told(locked)
    locked.name, locked.parameters, locked.canaries = clean(name), parameters.to_json(), canaries
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
        if found.engine == Engine.LEXICAL and found.parameters == parameters.to_json():
            return found
    raise ValidationError(_("The name %(name)s is taken by another configuration.") % {"name": name})


def refuse_bad(name: str, parameters: Parameters, canaries: int) -> None:
    """Raise ValidationError for a name or parameters that can't be."""
    if not clean(name) or len(clean(name)) > MOST_CHARACTERS:
        raise ValidationError(_("A name has 1 to %(most)s characters.") % {"most": MOST_CHARACTERS}, code="name")
    if not 0 <= parameters.name_overlap <= 1:
        raise ValidationError(_("The share of character pairs lies between 0 and 1."), code="name_overlap")
    if not 0 <= canaries <= MOST_CANARIES:
        raise ValidationError(_("There are 0 to %(most)s canaries.") % {"most": MOST_CANARIES}, code="canaries")


def refuse_taken(config: PipelineConfig) -> None:
    """Raise ValidationError where another configuration has the name."""
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
    return {
        "name": config.name,
        "canaries": config.canaries,
        **config.parameters,
        "off": ", ".join(config.parameters.get("off", ())),
    }
