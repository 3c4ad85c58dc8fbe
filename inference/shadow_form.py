"""How long a proposal shadows the release in force, and for how many pairs."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

USUAL_DAYS, USUAL_PAIRS = 14, 10_000


class ShadowForm(forms.Form):
    """A last day, and a number of pairs."""

    until = forms.DateField(
        label=_("Until the end of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    most = forms.IntegerField(
        label=_("At most so many pairs"), min_value=1, help_text=_("A change of the proposal begins a new count.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual = {"until": timezone.localdate() + timedelta(days=USUAL_DAYS), "most": USUAL_PAIRS}
        super().__init__(*args, **{"label_suffix": "", "initial": usual, **kwargs})

    def clean_until(self) -> datetime:
        """The moment at which that day ends."""
        day: date = self.cleaned_data["until"]
        if day.year > timezone.localdate().year + 1:
            raise forms.ValidationError(_("Choose an earlier day."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
