"""What people type on the pages of this app."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TryForm(forms.Form):
    """A query and a title to judge."""

    query = forms.CharField(label=_("Query"), max_length=200, help_text=_("What a shopper would type."))
    title = forms.CharField(label=_("Product title"), max_length=500, help_text=_("As a merchant would write it."))
