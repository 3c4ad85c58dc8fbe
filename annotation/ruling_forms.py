"""What the pages of rulings read of a request."""

from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.enums import RulingReason
from annotation.models.benchmark import LEVELS
from annotation.services.rulings import LONGEST_NOTE


class RulingForm(forms.Form):
    """One ruling. `seen` is how many rulings of the pair were on the page; `submission` names this one."""

    level = forms.ChoiceField(label=_("Level"), choices=LEVELS)
    reason = forms.ChoiceField(label=_("Reason"), choices=RulingReason.choices)
    note = forms.CharField(label=_("In words"), required=False, max_length=LONGEST_NOTE)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)


class SubmissionForm(forms.Form):
    """What names a deed without more to say."""

    submission = forms.UUIDField(widget=forms.HiddenInput)


class RulingFilter(forms.Form):
    """Words, a level and a reason to find rulings by; nonsense is left out."""

    q = forms.CharField(required=False, max_length=200)
    level = forms.ChoiceField(required=False, choices=[("", ""), *LEVELS])
    reason = forms.ChoiceField(required=False, choices=[("", ""), *RulingReason.choices])

    def chosen(self, name: str) -> str:
        """What is asked of one field."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


def new_submission() -> UUID:
    """A name for something that is to be stored once."""
    return uuid4()
