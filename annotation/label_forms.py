"""What the pages of labelling read of a request."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.enums import SkipReason
from annotation.models.benchmark import LEVELS

LONGEST_NOTE = 2000
MOST_SECONDS = 24 * 3600
MOST_HAVE = 4000


class AnswerForm(forms.Form):
    """An answer to one pair: a level, a reason to skip it, or a flag. `have` are the pairs that the sender has."""

    submission = forms.UUIDField()
    level = forms.ChoiceField(required=False, choices=LEVELS)
    skip = forms.ChoiceField(required=False, choices=SkipReason.choices)
    flag = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    seconds = forms.FloatField(required=False, min_value=0, max_value=MOST_SECONDS)

    def clean(self) -> dict[str, Any]:
        """One of the three, and not more."""
        said = super().clean() or {}
        if sum(bool(said.get(name)) for name in ("level", "skip", "flag")) != 1 and not self.errors:
            raise forms.ValidationError(_("Choose a level, or a reason to skip the pair."))
        return said


class HandForm(forms.Form):
    """What the page's script says of itself. What it doesn't understand is left out."""

    person = forms.IntegerField(required=False)
    guideline = forms.IntegerField(required=False, min_value=0)
    have = forms.RegexField(r"^[\d,]*$", required=False, max_length=MOST_HAVE)

    def said(self) -> dict[str, Any]:
        """`person`, `guideline` (None where not told) and `have`, the assignments in hand."""
        self.is_valid()
        have = self.cleaned_data.get("have") or ""
        return {
            "person": self.cleaned_data.get("person"),
            "guideline": self.cleaned_data.get("guideline"),
            "have": {int(one) for one in have.split(",") if one and len(one) < 17},
        }
