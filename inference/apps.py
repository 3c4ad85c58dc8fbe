"""What the pipeline says about a pair."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InferenceConfig(AppConfig):
    name = "inference"
    verbose_name = _("Inference")

    def ready(self) -> None:
        """Connect the receivers, once the models they need are loaded."""
        import_module("inference.receivers")
        import_module("inference.case_receivers")
        import_module("inference.value_receivers")
