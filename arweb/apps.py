"""The wiring as an app, for its commands and template tags."""

from django.apps import AppConfig


class ArwebConfig(AppConfig):
    name = "arweb"
