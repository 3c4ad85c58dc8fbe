"""What is asked of thresholds: what they are to be best at, by which labels, and a configuration with some."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import BenchmarkRelease
from inference.models import PipelineConfig, Run
from inference.pipeline.thresholds import SURE, Thresholds
from inference.tuning import Goal, Tuned
from rules.engine.attributes import LevelClass

LONGEST_NAME = 80


class AskedForm(forms.Form):
    """What an address asks for. What it doesn't understand is left out."""

    goal = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Goal])
    labels = forms.IntegerField(required=False, min_value=1, max_value=2**31)

    def goal_of(self) -> Goal:
        """What thresholds are to be best at."""
        self.is_valid()
        return Goal(self.cleaned_data.get("goal") or Goal.MACRO_F1)

    def release_of(self, run: Run) -> BenchmarkRelease | None:
        """The benchmark release whose labels count; None for those that the run found."""
        self.is_valid()
        number = self.cleaned_data.get("labels")
        return BenchmarkRelease.objects.filter(benchmark=run.benchmark_id, number=number).first() if number else None


class KeepForm(forms.Form):
    """A configuration like that of a run, with thresholds."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    sure_highly = forms.FloatField(
        label=gettext_lazy("Highly relevant, or else moderately"), min_value=0, max_value=1, step_size=0.001
    )
    sure_less = forms.FloatField(
        label=gettext_lazy("Less relevant, or else irrelevant"), min_value=0, max_value=1, step_size=0.001
    )
    sure_irrelevant = forms.FloatField(
        label=gettext_lazy("Irrelevant, or else weakly relevant"), min_value=0, max_value=1, step_size=0.001
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds that a valid form says."""
        return Thresholds(**{about.value: self.cleaned_data[name] for name, about in SURE.items()})

    @staticmethod
    def of(tuned: Tuned, config: PipelineConfig) -> dict[str, Any]:
        """The form as it is filled in with what was tuned."""
        name = _("%(name)s, sure enough") % {"name": config}
        return {"name": name[:LONGEST_NAME], **tuned.chosen.named}


def facets(run: Run, goal: Goal, release: BenchmarkRelease | None) -> list[dict[str, Any]]:
    """What the page lets choose."""
    releases = BenchmarkRelease.objects.filter(benchmark=run.benchmark_id).order_by("-number")[:20]
    numbers = [(str(one.number), _("release %(number)s of the benchmark") % {"number": one.number}) for one in releases]
    return [
        {
            "name": "goal",
            "label": _("Best at"),
            "choices": [(one.value, _(one.label)) for one in Goal if one is not Goal.MACRO_F1],
            "current": "" if goal is Goal.MACRO_F1 else goal.value,
            "any": _(Goal.MACRO_F1.label),
        },
        {
            "name": "labels",
            "label": _("By the labels of"),
            "choices": numbers,
            "current": str(release.number) if release else "",
            "any": _("the benchmark when the run was launched"),
        },
    ]


def between_words(tuned: Tuned, name: LevelClass) -> str:
    """The thresholds of a class that the folds chose, from the lowest to the highest."""
    low, high = tuned.between(name)
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"
