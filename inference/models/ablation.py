"""Ablations: the stages of the pipeline switched on one after the other over the same pairs."""

from django.conf import settings
from django.db import models

from annotation.models import Benchmark
from rules.models import Release


class Ablation(models.Model):
    """One run for each number of stages switched on, under one release over one benchmark."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="ablations")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk}"
