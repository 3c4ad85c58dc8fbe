"""What people say about a pair."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnnotationConfig(AppConfig):
    name = "annotation"
    verbose_name = _("Annotation")

    def ready(self) -> None:
        """Connect the receivers, once the models they need are loaded."""
        import_module("annotation.receivers")
