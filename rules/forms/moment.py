"""A moment to look back at."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

WRITTEN = "%Y-%m-%dT%H:%M"
"""How a field for a day and a time has it."""
EARLIEST, LATEST = 1970, 2200
"""Years that every database and every time zone can reckon with."""


class MomentForm(forms.Form):
    """A day and a time in the time zone of the pages; a day alone is its beginning."""

    at = forms.DateTimeField(
        label=_("As of"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WRITTEN),
        error_messages={"invalid": _("This is no day and time. Write it as 2026-11-20T12:00.")},
    )

    def clean_at(self) -> datetime | None:
        """The moment, if it is one that can be reckoned with."""
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and not EARLIEST < at.year < LATEST:
            raise forms.ValidationError(_("Choose a year from 1971 to 2199."))
        return at
