"""Forms of the catalogue's pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.enums import ImportKind
from rules.engine.attributes import Level


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.csv"}))
    kind = forms.ChoiceField(label=_("It holds"), choices=ImportKind.choices)
    benchmark = forms.CharField(
        label=_("Benchmark"),
        required=False,
        max_length=120,
        help_text=_("For pairs with levels: the benchmark that the labels go into. Left out, it is named as the file."),
    )
    to_label = forms.BooleanField(
        label=_("To be labelled"),
        required=False,
        help_text=_("For pairs: people are to label them for the benchmark. A level in the column “gold” is hidden."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(
            "JSONL or CSV, in UTF-8 or GB18030, up to %(most)s MB. Importing a file again changes nothing."
        ) % {"most": settings.IMPORT_MAX_BYTES // 1024 // 1024}


class PairFilter(forms.Form):
    """Which pairs of a benchmark are shown. What it doesn't understand is left out."""

    q = forms.CharField(required=False, max_length=200)
    level = forms.ChoiceField(required=False, choices=[(level.value, level.label) for level in Level])
    must_hold = forms.ChoiceField(required=False, choices=[("yes", "yes")])

    def chosen(self, name: str) -> str:
        """What the address says of one filter; empty for nothing or nonsense."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
