"""The form of an endpoint."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from inference.engines.protocol import NO_SECRET, Secret
from inference.enums import EndpointKind
from inference.models import ModelEndpoint
from inference.services.endpoints import LONGEST_SECRET, LONGEST_TIMEOUT, MOST_IN_FLIGHT, EndpointSettings

SAID = ("name", "kind", "address", "model", "revision", "in_flight", "timeout", "price_read", "price_written")


class EndpointForm(forms.Form):
    """What people say of an endpoint. A token that was typed is in no later page, not even when a form comes back."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it takes and gives"), choices=EndpointKind.choices)
    address = forms.CharField(label=_("Address"), max_length=300)
    model = forms.CharField(label=_("Model"), max_length=200, help_text=_("The name the server knows it by."))
    revision = forms.CharField(
        label=_("Revision"),
        max_length=100,
        required=False,
        help_text=_("Which weights these are. Another revision is another model: everything is asked again."),
    )
    in_flight = forms.IntegerField(label=_("Calls at a time"), min_value=1, max_value=MOST_IN_FLIGHT, initial=64)
    timeout = forms.IntegerField(
        label=_("Seconds to wait for a reply"), min_value=1, max_value=LONGEST_TIMEOUT, initial=60
    )
    price_read = forms.DecimalField(
        label=_("Price of a million tokens read"), min_value=0, max_digits=12, decimal_places=4, initial=0
    )
    price_written = forms.DecimalField(
        label=_("Price of a million tokens written"), min_value=0, max_digits=12, decimal_places=4, initial=0
    )
    secret = forms.CharField(
        label=_("Token"),
        max_length=LONGEST_SECRET,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again."),
    )
    forget = forms.BooleanField(label=_("Take the token away"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        hosts = _("Such as http://127.0.0.1:8000/v1. Allowed hosts: %(hosts)s")
        help_text = hosts % {"hosts": ", ".join(settings.MODEL_HOSTS)}
        if settings.MODEL_FOLDERS:
            here = _("A model that this application runs itself: inprocess:transformers:/FOLDER, below %(folders)s")
            help_text = f"{help_text}. {here % {'folders': ', '.join(settings.MODEL_FOLDERS)}}"
        self.fields["address"].help_text = help_text

    def clean_secret(self) -> Secret:
        """The token as something that no error and no log shows."""
        return Secret(self.cleaned_data["secret"])

    @property
    def said(self) -> EndpointSettings:
        """What a valid form says, beside the token."""
        values = {name: self.cleaned_data[name] for name in SAID}
        return EndpointSettings(**(values | {"kind": EndpointKind(values["kind"])}))

    @property
    def token(self) -> Secret | None:
        """The token a valid form writes: NO_SECRET takes it away, None leaves it as it is."""
        if self.cleaned_data["secret"]:
            return Secret(self.cleaned_data["secret"].reveal())
        return NO_SECRET if self.cleaned_data["forget"] else None

    @staticmethod
    def values_of(endpoint: ModelEndpoint) -> dict[str, Any]:
        """The form as it is filled in for an endpoint: without its token."""
        values = {name: getattr(endpoint, name) for name in SAID}
        return {name: value.normalize() if isinstance(value, Decimal) else value for name, value in values.items()}
