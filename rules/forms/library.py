"""The facets of the rule library."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from rules.engine.rule import EffectKind
from rules.forms.editor import ATTRIBUTES, named


class LibraryFilter(forms.Form):
    """The facets of the rule library. What is not a choice is left out, so that an old link still opens."""

    q = forms.CharField(required=False, max_length=100)
    effect = forms.ChoiceField(choices=named(EffectKind), required=False)
    attribute = forms.ChoiceField(choices=ATTRIBUTES, required=False)

    def facets(self) -> list[dict[str, Any]]:
        """The choices with the current one, for the filter bar."""
        return [
            {"name": "effect", "label": _("Effect"), "choices": named(EffectKind), "current": self.chosen("effect")},
            {"name": "attribute", "label": _("Attribute"), "choices": ATTRIBUTES, "current": self.chosen("attribute")},
        ]

    def chosen(self, name: str) -> str:
        """The current choice of a facet, empty for none."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
