"""What was read on the pictures of products."""

from django.db import models

from rules.models.append_only import AppendOnly


class PictureReading(AppendOnly):
    """The words one engine read on a picture, once for every digest of its bytes.

    `words` is a list of `{"text", "box", "score"}`; the box has four corners in pixels. A picture that could not be
    read has no words, and `failure` says why.
    """

    sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=40)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    words = models.JSONField(default=list)
    failure = models.CharField(max_length=200, blank=True)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sha256", "engine"], name="a_picture_read_once_an_engine")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.engine})"
