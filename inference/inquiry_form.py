"""The form that has a model asked about names that the knowledge lacks."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from inference.knowledge.lexicon import Lexicon
from inference.models import ModelEndpoint
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.proposed import askable_endpoints, price_of_a_name
from inference.services.name_inquiries import MOST_NAMES


class PricedEndpoint(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of endpoints, each with what a name takes there, by the terms of a lexicon."""

    lexicon: Lexicon

    def label_from_instance(self, obj: Any) -> str:
        """The endpoint, its tokens a name and their cost, where it has prices."""
        price = price_of_a_name(obj, self.lexicon)
        tokens = _t("about %(tokens)s tokens a name") % {"tokens": price.tokens}
        cost = _t(", costing %(cost)s") % {"cost": f"{price.cost:.4f}"} if price.cost else ""
        return f"{obj} · {tokens}{cost}"


class InquiryForm(forms.Form):
    """Which model is asked, and about how many names at most."""

    endpoint = PricedEndpoint(queryset=ModelEndpoint.objects.none(), label=_("Endpoint"), empty_label=None)
    most = forms.IntegerField(
        min_value=1,
        max_value=MOST_NAMES,
        initial=50,
        label=_("Names at most"),
        help_text=_("The most frequent come first. Each is asked about once, and once more where the reply is no use."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["endpoint"].lexicon = lexicon_in_use()  # type: ignore[attr-defined]
        self.fields["endpoint"].queryset = askable_endpoints()  # type: ignore[attr-defined]
