"""A file of rules that somebody uploads."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rules.engine.exchange import MOST_BYTES


class RuleFileForm(forms.Form):
    """The file, and the proposal that is made of it."""

    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}))
    title = forms.CharField(label=_("Title of the proposal"), max_length=200)
    reason = forms.CharField(
        label=_("Reason"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    replace = forms.BooleanField(label=_("Retire the rules that the file does not name"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(
            "A rule file as a release's page gives it, up to %(most)s MB. It becomes a proposal, never a release."
        ) % {"most": MOST_BYTES // 1024 // 1024}

    def clean_file(self) -> bytes:
        """What the file holds."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            message = _("The file is too large: at most %(most)s MB.")
            raise forms.ValidationError(message, params={"most": MOST_BYTES // 1024 // 1024})
        data: bytes = file.read()
        return data
