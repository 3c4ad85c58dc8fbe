"""Benchmark releases: what a benchmark held at a moment, kept word for word."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.benchmark import LEVELS, Benchmark
from annotation.models.catalogue import Pair
from rules.models.append_only import AppendOnly


class BenchmarkRelease(AppendOnly):
    """The labelled pairs of a benchmark at a moment. `digest` is the SHA-256 of its JSONL file.

    `manifest` counts what is in it (`annotation.manifest`), `datasheet` says how it came about
    (`annotation.datasheet`), both as they were when it was cut.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(max_length=64)
    manifest = models.JSONField()
    datasheet = models.JSONField()
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["benchmark_id", "-number"]
        permissions = [("release_benchmark", _("Can cut a benchmark release"))]
        constraints = [models.UniqueConstraint(fields=["benchmark", "number"], name="a_benchmark_release_number_once")]

    def __str__(self) -> str:
        return f"#{self.number}"


class ReleasedPair(AppendOnly):
    """One row of a benchmark release. `line` is the row as it is exported; the rest repeats parts of it.

    `texts` digests what a judge of the pair is shown, `digest` the line, and `chain` the digests up to this row, so
    that a row that was altered, removed or put in shows where it is.
    """

    release = models.ForeignKey(BenchmarkRelease, on_delete=models.PROTECT, related_name="rows")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    level = models.CharField(_("level"), max_length=10, choices=LEVELS)
    category = models.CharField(_("category"), max_length=200, blank=True)
    is_hard = models.BooleanField(_("hard"), default=False)
    texts = models.CharField(max_length=64)
    line = models.TextField()
    digest = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)

    class Meta:
        ordering = ["release_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["release", "place"], name="a_place_once_a_benchmark_release"),
            models.UniqueConstraint(fields=["release", "pair"], name="a_pair_once_a_benchmark_release"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.place}: {self.level}"
