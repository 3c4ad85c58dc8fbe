"""What people type on the pages of the documents."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from inference.enums import DocumentKind


class DocumentFilter(forms.Form):
    """Which documents are shown. What it doesn't understand is left out."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=DocumentKind.choices)

    def chosen(self, name: str) -> str:
        """What the address says of one filter; empty for nothing or nonsense."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class PassageForm(forms.Form):
    """A passage that a person adds or writes anew."""

    title = forms.CharField(
        label=_("Title"), max_length=300, help_text=_("The medicine or the subject, as a leaflet would name it.")
    )
    text = forms.CharField(label=_("Text"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 8}))
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where this comes from: a leaflet, a guideline, a reference.")
    )
    dated = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day the source is of."),
    )

    def refuse(self, refusal: ValidationError) -> None:
        """Show what a service refused at the fields that it speaks of."""
        said = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
        for name, messages in said.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class LeafletsForm(forms.Form):
    """A file of leaflets."""

    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson"}))
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300, help_text=_("Left out, it is the name of the file.")
    )
    dated = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dated"].help_text = _("The day the leaflets are of.")
