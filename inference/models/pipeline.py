"""How the pipeline is set up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.enums import Engine

DEFAULT_CONFIG = "lexical"
"""The name of the configuration that judges unless another is chosen: the lexical engine as it comes."""


class PipelineConfig(models.Model):
    """Which engine judges, with which parameters. A configuration that a run used is not altered."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    engine = models.CharField(_("engine"), max_length=10, choices=Engine.choices, default=Engine.LEXICAL)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_default(self) -> bool:
        """Whether it judges unless another is chosen."""
        return self.name == DEFAULT_CONFIG
