"""What people type about a proposal: what it is for, what they say of it, when it is due."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from rules.enums import Verdict


class DescriptionForm(forms.Form):
    """What a proposal is about."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(forms.Form):
    """A verdict or a comment on the content whose digest is `seen`."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    text = forms.CharField(
        label=gettext_lazy("What you say"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    about = forms.CharField(label=pgettext_lazy("review", "About"), required=False, max_length=20)

    def offer(self, rules: Iterable[tuple[str, str]]) -> None:
        """Let somebody say which of these rules the words are about."""
        choices = [("", gettext_lazy("the whole proposal")), *rules]
        self.fields["about"].widget = forms.Select(choices=choices)


class ScheduleForm(forms.Form):
    """When a proposal is to be published."""

    publish_at = forms.DateTimeField(
        label=gettext_lazy("Publish at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class OverrideForm(forms.Form):
    """Why a check need not pass."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
