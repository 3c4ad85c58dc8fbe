"""What people type on the pages of this app."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import Benchmark
from inference.enums import EndpointKind, RunState
from inference.models import ModelEndpoint, PipelineConfig, Run
from inference.models.pipeline import CANARIES
from inference.pipeline.ablation import ABLATION
from inference.pipeline.model_settings import HOTTEST, LARGEST_SEED, MOST_SAMPLES, MOST_TOKENS, ModelSettings
from inference.pipeline.parameters import Parameters
from inference.pipeline.prompts import LANGUAGES
from inference.pipeline.stages import Stage
from inference.pipeline.thresholds import SURE
from inference.selectors.configurations import selectable_configurations
from inference.selectors.endpoints import usable_endpoints
from inference.services.configurations import MOST_CANARIES, Asked
from rules.models import Release

PROMPTS = {"zh": _("Chinese"), "en": _("English")}
MANNER = {field.name: field.default for field in fields(ModelSettings) if field.name not in ("model", "revision")}
"""How a model is asked unless something else was typed."""
SHARE: dict[str, Any] = {"min_value": 0, "max_value": 1, "step_size": 0.001, "required": False}


class TryForm(forms.Form):
    """A query and a title to judge, with a configuration or the default one."""

    query = forms.CharField(label=_("Query"), max_length=200, help_text=_("What a shopper would type."))
    title = forms.CharField(label=_("Product title"), max_length=500, help_text=_("As a merchant would write it."))
    config = forms.ModelChoiceField(
        label=_("Configuration"),
        queryset=PipelineConfig.objects.none(),
        required=False,
        empty_label=_("as it comes, everything on"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        config = self.fields["config"]
        assert isinstance(config, forms.ModelChoiceField)
        config.queryset = selectable_configurations()


class LaunchForm(forms.Form):
    """What to judge, under which rules, and how. Without a configuration the default one judges."""

    release = forms.ModelChoiceField(label=_("Release"), queryset=Release.objects.all(), empty_label=None)
    benchmark = forms.ModelChoiceField(label=_("Benchmark"), queryset=Benchmark.objects.all(), empty_label=None)
    config = forms.ModelChoiceField(
        label=_("Configuration"),
        queryset=PipelineConfig.objects.none(),
        required=False,
        empty_label=_("as it comes, everything on"),
    )
    full = forms.BooleanField(
        label=_("Judge every pair anew"),
        required=False,
        help_text=_("Otherwise what was judged before under the same key is taken over, which gives the same."),
    )
    baseline = forms.ModelChoiceField(queryset=Run.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        config = self.fields["config"]
        assert isinstance(config, forms.ModelChoiceField)
        config.queryset = selectable_configurations()
        baseline = self.fields["baseline"]
        assert isinstance(baseline, forms.ModelChoiceField)
        baseline.queryset = Run.objects.filter(state=RunState.FINISHED)


class ConfigurationForm(forms.Form):
    """The name of a configuration, its switches, its parameters, and the model that gives the level, if one does."""

    name = forms.CharField(label=_("Name"), max_length=80)
    on = forms.MultipleChoiceField(
        label=_("Stages switched on"),
        choices=[(stage.value, stage.label) for stage in ABLATION],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    same_brand_is_weak = forms.BooleanField(
        label=_("Another product of the brand asked for is weakly relevant, not irrelevant"), required=False
    )
    unknown_words_count = forms.BooleanField(
        label=_("Words of the query that nothing is known of and the title lacks count as a mismatch"), required=False
    )
    name_overlap = forms.FloatField(
        label=_("Share of character pairs two unknown names need to count as variants of each other"),
        min_value=0,
        max_value=1,
        step_size=0.05,
    )
    outside = forms.BooleanField(
        label=_("Searches outside beside the documents"),
        required=False,
        help_text=_("Every query is asked once in some days of the SearXNG that this deployment names."),
    )
    canaries = forms.IntegerField(
        label=_("Canaries"),
        help_text=_(
            "Pairs that every run judges anew, to see whether the judge moved: at most one in ten of a benchmark, 0 for none."
        ),
        min_value=0,
        max_value=MOST_CANARIES,
        initial=CANARIES,
        required=False,
    )
    endpoint = forms.ModelChoiceField(
        label=_("Model that gives the level"),
        queryset=ModelEndpoint.objects.none(),
        required=False,
        empty_label=_("none: the lexical engine gives it"),
        help_text=_(
            "What it answers is held to the rules: no answer gets past a forbid, force, cap, floor or require."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language it is asked in"), choices=[(one, PROMPTS[one]) for one in LANGUAGES], required=False
    )
    temperature = forms.FloatField(
        label=_("Temperature"),
        min_value=0,
        max_value=HOTTEST,
        step_size=0.05,
        required=False,
    )
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=LARGEST_SEED, required=False)
    max_tokens = forms.IntegerField(
        label=_("Longest answer, in tokens"), min_value=1, max_value=MOST_TOKENS, required=False
    )
    samples = forms.IntegerField(
        label=_("Answers a pair"),
        help_text=_("Each with the next seed; the level is that of most answers. At temperature 0 they hardly differ."),
        min_value=1,
        max_value=MOST_SAMPLES,
        required=False,
    )

    sure_highly = forms.FloatField(label=_("Highly relevant, or else moderately"), **SHARE)
    sure_less = forms.FloatField(label=_("Less relevant, or else irrelevant"), **SHARE)
    sure_irrelevant = forms.FloatField(label=_("Irrelevant, or else weakly relevant"), **SHARE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        endpoint = self.fields["endpoint"]
        assert isinstance(endpoint, forms.ModelChoiceField)
        endpoint.queryset = usable_endpoints().exclude(kind=EndpointKind.EMBEDDING)

    @property
    def parameters(self) -> Parameters:
        """What a valid form says, beside the name. Thresholds are the model's where one gives the level."""
        said = self.cleaned_data
        sure = {} if said["endpoint"] else {name: said[name] or 0.0 for name in SURE}
        return Parameters(
            **sure,
            same_brand_is_weak=said["same_brand_is_weak"],
            unknown_words_count=said["unknown_words_count"],
            name_overlap=said["name_overlap"],
            outside=said["outside"],
            off=tuple(sorted(stage for stage in Stage if stage.value not in said["on"])),
        )

    @property
    def model(self) -> Asked | None:
        """The model that a valid form lets give the level, asked as it comes where nothing was typed."""
        said = self.cleaned_data
        endpoint: ModelEndpoint | None = said["endpoint"]
        if endpoint is None:
            return None
        typed = {name: said[name] for name in MANNER if said.get(name) not in (None, "")}
        return Asked(endpoint, ModelSettings(endpoint.model, endpoint.revision, **typed))

    def clean_canaries(self) -> int:
        """As many as ever where nothing was typed."""
        said: int | None = self.cleaned_data["canaries"]
        return CANARIES if said is None else said

    @staticmethod
    def of(config: PipelineConfig, name: str) -> dict[str, Any]:
        """The form as it is filled in for a configuration, under a name."""
        filled = ConfigurationForm.values_of(Parameters.from_json(config.parameters), name, config.canaries)
        return {**filled, "endpoint": config.endpoint_id, **config.model_settings}

    @staticmethod
    def values_of(parameters: Parameters, name: str = "", canaries: int = CANARIES) -> dict[str, Any]:
        """The form as it is filled in for some parameters, without a model."""
        return {
            **MANNER,
            **parameters.thresholds.named,
            "name": name,
            "canaries": canaries,
            "on": [stage.value for stage in ABLATION if stage not in parameters.switched_off],
            "same_brand_is_weak": parameters.same_brand_is_weak,
            "unknown_words_count": parameters.unknown_words_count,
            "name_overlap": parameters.name_overlap,
            "outside": parameters.outside,
        }
