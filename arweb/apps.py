"""The wiring as an app, for its commands and template tags."""

from importlib import import_module

from django.apps import AppConfig


class ArwebConfig(AppConfig):
    name = "arweb"

    def ready(self) -> None:
        """Connect the checks and receivers, once the models they need are loaded."""
        import_module("arweb.checks")
        import_module("arweb.receivers")
        import_module("arweb.roles")
