"""What a search service was asked, and what it answered."""

from django.conf import settings
from django.db import models

from inference.engines.protocol import FailureKind


class OutsideAnswer(models.Model):
    """One query asked outside: its results, or why there are none.

    `key` digests the query and the service; an answer serves every reading of the query for some days. `results` are
    texts (`inference.engines.searxng`), `told_since` the day on which the service first told exactly them. `by` is whoever
    tried the service, nobody where a query was read. Answers are let go of after a time: what a judgment read is kept
    with it (PinnedPassage).
    """

    key = models.CharField(max_length=64)
    query = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    results = models.JSONField(default=list)
    told_since = models.DateField(null=True)
    failure = models.CharField(max_length=10, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    milliseconds = models.FloatField(default=0)
    attempts = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["key", "asked_at"], name="answer_by_query")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.key[:12]}"

    @property
    def failure_words(self) -> str:
        """The kind of failure, the key of its translation."""
        return FailureKind(self.failure).label if self.failure else ""
