"""What the pipeline says about a pair."""

import gc
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SELDOM = (50_000, 40, 10)
"""Objects made until the garbage collector looks through the youngest, and how many such looks until it goes on to older
ones. A lexicon and the pairs read lately are half a million objects that stay: with Python's own 700, a fifth of the time
that a run takes went into looking through them again and again. Cycles wait longer, by some megabytes."""


class InferenceConfig(AppConfig):
    name = "inference"
    verbose_name = _("Inference")

    def ready(self) -> None:
        """Connect the receivers, once the models they need are loaded; have the garbage collector look seldom."""
        gc.set_threshold(*SELDOM)
        import_module("inference.receivers")
        import_module("inference.case_receivers")
        import_module("inference.value_receivers")
