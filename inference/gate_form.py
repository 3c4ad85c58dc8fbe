"""The form that says what a benchmark must show."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inference.models import GatePolicy
from inference.power import MOST
from inference.services.gate import FIELDS


class GateForm(forms.Form):
    """The terms of the gate, falls in points of a hundred."""

    hold_critical = forms.BooleanField(label=_("No pair that must hold may break"), required=False)
    most_broken = forms.IntegerField(
        label=_("Most pairs that may break"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_("Left empty: any number, as long as not more break than are fixed beyond chance."),
    )
    class_fall = forms.FloatField(
        label=_("Most points that a class may fall"),
        min_value=0.1,
        max_value=100,
        step_size=0.1,
        help_text=_("Of a hundred pairs labelled with the class, how many fewer may be judged right."),
    )
    touched_fall = forms.FloatField(
        label=_("Most points that the touched pairs may fall"),
        min_value=0.1,
        max_value=100,
        step_size=0.1,
        help_text=_("Of a hundred pairs that the change touches, how many fewer may be judged right."),
    )
    fewest_touched = forms.IntegerField(
        label=_("Fewest pairs touched"),
        min_value=1,
        max_value=MOST,
        help_text=_("A change that touches fewer never passes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @classmethod
    def showing(cls, policy: GatePolicy) -> "GateForm":
        """The form as it stands now."""
        return cls(initial={name: getattr(policy, name) for name in FIELDS})

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it. Ask `is_valid` first."""
        return {name: self.cleaned_data[name] for name in FIELDS}
