"""The form of which stages before the level a served model performs, beside the form of a configuration."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inference.enums import EndpointKind
from inference.forms import PROMPTS
from inference.models import ModelEndpoint, PipelineConfig
from inference.pipeline.model_settings import LARGEST_SEED, MOST_TOKENS, ModelSettings
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.prompts import LANGUAGES
from inference.pipeline.stages import Stage
from inference.selectors.endpoints import usable_endpoints
from inference.services.configurations import Asked

LONGEST_REPLY = 1000
"""Tokens of a stage's reply unless something else was typed: the names of a long title take more than a level does."""
LEXICAL = _("lexical engine")
HOW = {"stages_language": LANGUAGES[0], "stages_seed": 1, "stages_max_tokens": LONGEST_REPLY}


class StagesForm(forms.Form):
    """An endpoint for each stage that a model can perform, or none; all of them are asked in one manner."""

    stages_language = forms.ChoiceField(
        label=_("Language they are asked in"), choices=[(one, PROMPTS[one]) for one in LANGUAGES], required=False
    )
    stages_seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=LARGEST_SEED, required=False)
    stages_max_tokens = forms.IntegerField(
        label=_("Longest answer, in tokens"), min_value=1, max_value=MOST_TOKENS, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for stage in MODEL_STAGES:
            self.fields[field_of(stage)] = forms.ModelChoiceField(
                label=gettext(stage.label), queryset=endpoints_for(stage), required=False, empty_label=LEXICAL
            )

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields of the stages."""
        return [self[field_of(stage)] for stage in MODEL_STAGES]

    @property
    def stages(self) -> dict[Stage, Asked]:
        """What a valid form says."""
        said = {name: self.cleaned_data.get(name) for name in HOW}
        how = {name.removeprefix("stages_"): value for name, value in {**HOW, **known(said)}.items()}
        chosen = {stage: self.cleaned_data[field_of(stage)] for stage in MODEL_STAGES}
        return {
            stage: Asked(one, ModelSettings(one.model, one.revision, **how)) for stage, one in chosen.items() if one
        }

    @staticmethod
    def of(config: PipelineConfig | None) -> dict[str, Any]:
        """The form as it is filled in for a configuration."""
        said: Mapping[str, Mapping[str, Any]] = config.stages if config else {}
        how: Mapping[str, Any] = next((one["settings"] for one in said.values()), {})
        filled = {f"stages_{name}": value for name, value in how.items() if f"stages_{name}" in HOW}
        return {**HOW, **filled, **{field_of(Stage(stage)): one["endpoint"] for stage, one in said.items()}}


def known(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed."""
    return {name: value for name, value in said.items() if value not in (None, "")}


def field_of(stage: Stage) -> str:
    """The name of a stage's field; the service refuses by the same name."""
    return f"stage_{stage.value}"


def endpoints_for(stage: Stage) -> QuerySet[ModelEndpoint]:
    """The endpoints that a stage can be asked of: only a vision model is shown pictures."""
    if stage is Stage.IMAGES:
        return usable_endpoints(EndpointKind.VISION)
    return usable_endpoints().exclude(kind=EndpointKind.EMBEDDING)
