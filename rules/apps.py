"""What experts decide."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "rules"
    verbose_name = _("Rules")

    def ready(self) -> None:
        """Connect the receivers, once the models they need are loaded."""
        import_module("rules.receivers")
