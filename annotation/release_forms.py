"""What the pages of benchmark releases read of a request."""

from collections.abc import Mapping
from typing import TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.services.benchmark_releases import LONGEST_NOTES
from rules.engine.attributes import Level


class CutForm(forms.Form):
    """Another release. `seen` is the newest one that the person saw."""

    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What this release is for, and what whoever uses it should know."),
    )
    quotas = forms.CharField(
        label=_("Wanted shares of the categories"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each: category, a space, its share. The datasheet shows them beside the real ones."),
    )
    accounts = forms.BooleanField(
        label=_("Call people by their account names"),
        required=False,
        help_text=_("Otherwise everybody is called by a name that says nothing of them and stays the same."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_quotas(self) -> dict[str, float]:
        """The shares by category. Refuses a line without a number."""
        lines = [line.split() for line in self.cleaned_data["quotas"].splitlines() if line.strip()]
        try:
            return {" ".join(words[:-1]): float(words[-1].rstrip("%")) for words in lines}
        except ValueError as error:
            raise forms.ValidationError(_("Each line is a category, a space and a number.")) from error


def written(quotas: Mapping[str, float]) -> str:
    """Shares as they are typed."""
    return "\n".join(f"{name} {100 * share:.4g}%" for name, share in quotas.items())


class ChosenRows(TypedDict):
    """Which rows are asked for."""

    level: str
    text: str
    hard: bool


class RowFilter(forms.Form):
    """Which rows of a release are shown. What it doesn't understand is left out."""

    q = forms.CharField(required=False, max_length=200)
    level = forms.ChoiceField(required=False, choices=[(level.value, level.label) for level in Level])
    hard = forms.ChoiceField(required=False, choices=[("yes", "yes")])

    def chosen(self) -> ChosenRows:
        """What the address says."""
        self.is_valid()
        said = self.cleaned_data
        return {"level": said.get("level", ""), "text": said.get("q", ""), "hard": bool(said.get("hard"))}
