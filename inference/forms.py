"""What people type on the pages of this app."""

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import Benchmark
from rules.models import Release


class TryForm(forms.Form):
    """A query and a title to judge."""

    query = forms.CharField(label=_("Query"), max_length=200, help_text=_("What a shopper would type."))
    title = forms.CharField(label=_("Product title"), max_length=500, help_text=_("As a merchant would write it."))


class LaunchForm(forms.Form):
    """What to judge, and under which rules."""

    release = forms.ModelChoiceField(label=_("Release"), queryset=Release.objects.all(), empty_label=None)
    benchmark = forms.ModelChoiceField(label=_("Benchmark"), queryset=Benchmark.objects.all(), empty_label=None)
