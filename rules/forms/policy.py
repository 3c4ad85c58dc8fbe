"""What proposals take: approvals by kind of effect and for safety, and the checks that must pass."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from rules.engine.rule import EffectKind
from rules.enums import CheckName
from rules.selectors.reviews import Terms

MOST = 9
KIND = "kind_"


class PolicyForm(forms.Form):
    """Numbers of approvals; a kind left empty takes as many as any other rule."""

    otherwise = forms.IntegerField(label=gettext_lazy("Any rule"), min_value=1, max_value=MOST)
    safety = forms.IntegerField(label=gettext_lazy("A rule that is a matter of safety"), min_value=1, max_value=MOST)
    required = forms.MultipleChoiceField(
        label=gettext_lazy("Checks that must pass"), choices=CheckName.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in EffectKind:
            self.fields[KIND + kind] = forms.IntegerField(
                label=gettext(kind.label), required=False, min_value=1, max_value=MOST
            )

    @classmethod
    def showing(cls, terms: Terms) -> "PolicyForm":
        """The form as it stands now."""
        kinds = {KIND + kind: count for kind, count in terms.approvals.approvals.items()}
        policy = terms.approvals
        return cls(
            initial={
                "otherwise": policy.otherwise,
                "safety": policy.safety,
                "required": sorted(terms.required),
                **kinds,
            }
        )

    @property
    def kinds(self) -> list[forms.BoundField]:
        """The fields of the kinds of effect."""
        return [self[KIND + kind] for kind in EffectKind]

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it. Ask `is_valid` first."""
        data = self.cleaned_data
        return {
            "approvals": {kind.value: data[KIND + kind] for kind in EffectKind if data[KIND + kind]},
            "otherwise": data["otherwise"],
            "safety": data["safety"],
            "required": [CheckName(name) for name in data["required"]],
        }
