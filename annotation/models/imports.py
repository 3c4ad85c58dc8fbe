"""Files being imported, and the rows that were refused."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.enums import ImportKind, ImportState
from annotation.models.benchmark import Benchmark


def rendered(message: str, params: dict[str, str | int]) -> str:
    """A stored message with its parameters, translated."""
    if not message:
        return ""
    return gettext(message) % params if params else gettext(message)


class Import(models.Model):
    """One file on its way into the catalogue. Counts are of rows.

    `images` is the folder in which a row's image is looked for; empty: images are left out. `images_missing`
    counts the rows, taken all the same, that name an image which is not there or was left out. With `to_label` pairs
    come into the queue of the benchmark. `runner`
    names whoever reads the file now: another who takes over names itself, and the first one stops.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    name = models.CharField(_("file"), max_length=200)
    path = models.CharField(max_length=400, blank=True)
    images = models.CharField(max_length=400, blank=True)
    benchmark_name = models.CharField(_("benchmark"), max_length=120, blank=True)
    to_label = models.BooleanField(_("to be labelled"), default=False)
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    encoding = models.CharField(max_length=10, blank=True)
    bytes_total = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    images_missing = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    message_params = models.JSONField(default=dict)
    runner = models.CharField(max_length=32, blank=True)
    touched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        permissions = [("import_catalogue", _("Can import into the catalogue"))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {ImportState.DONE, ImportState.REFUSED}

    @property
    def explanation(self) -> str:
        """Why it was refused, in the reader's language."""
        return rendered(self.message, self.message_params)


class ImportProblem(models.Model):
    """A row that was not imported: its line, why (a message and its parameters), and how it began."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    excerpt = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.line}: {self.explanation}"

    @property
    def explanation(self) -> str:
        """Why the row was not taken, in the reader's language."""
        return rendered(self.reason, self.params)
