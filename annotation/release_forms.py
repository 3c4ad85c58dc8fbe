"""What the pages of benchmark releases read of a request."""

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
    accounts = forms.BooleanField(
        label=_("Call people by their account names"),
        required=False,
        help_text=_("Otherwise everybody is called by a name that says nothing of them and stays the same."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


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
