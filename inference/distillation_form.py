"""From where on a judgment is sure and cheap, as an address names it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inference.selectors.distillation import Limits

MOST_TOKENS = 1_000_000


class LimitsForm(forms.Form):
    """Both limits; what was not typed, or can't be, is as it comes."""

    sure = forms.FloatField(
        label=_("Probability from"),
        help_text=_("of the level by its tokens; 0 takes replies without one as well"),
        min_value=0,
        max_value=1,
        step_size=0.01,
        required=False,
    )
    tokens = forms.IntegerField(
        label=_("Tokens up to"),
        help_text=_("read and written for the judgment"),
        min_value=1,
        max_value=MOST_TOKENS,
        required=False,
    )

    def __init__(self, said: Any) -> None:
        limits = Limits()
        typed = {"sure": said.get("sure") or f"{limits.sure:g}", "tokens": said.get("tokens") or str(limits.tokens)}
        super().__init__(typed, label_suffix="")

    @property
    def limits(self) -> Limits:
        """What was typed, as far as it can be understood."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return Limits(**said)
