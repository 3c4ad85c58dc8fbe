"""Files being imported, and the rows that were refused."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.enums import ImportKind, ImportState
from annotation.models.benchmark import Benchmark


class Import(models.Model):
    """One file on its way into the catalogue. Counts are of rows."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    name = models.CharField(_("file"), max_length=200)
    path = models.CharField(max_length=400, blank=True)
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    encoding = models.CharField(max_length=10, blank=True)
    bytes_total = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        permissions = [("import_catalogue", _("Can import into the catalogue"))]

    def __str__(self) -> str:
        return self.name


class ImportProblem(models.Model):
    """A row that was not imported: its line, why (a message and its parameters), and how it began."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    excerpt = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["line"]
