"""How long a new token is good for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rules.services.tokens import MOST_DAYS


class TokenForm(forms.Form):
    """Days from now."""

    days = forms.IntegerField(label=_("Good for how many days"), initial=90, min_value=1, max_value=MOST_DAYS)
