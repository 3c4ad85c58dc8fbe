"""Documents that the pipeline searches, cut into passages."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.enums import DocumentKind
from rules.models.append_only import AppendOnly


class Document(models.Model):
    """A leaflet, a knowledge entry told as text, or a passage that somebody added.

    `external_id` identifies it for good; importing it again changes nothing, or its passages where the text changed.
    `about` is the common name of the medicine it is about, where known. `digest` is the SHA-256 of its content.
    """

    external_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DocumentKind.choices)
    title = models.CharField(_("title"), max_length=300)
    about = models.CharField(_("about"), max_length=200, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=300)
    dated = models.DateField(_("date"), null=True, blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        permissions = [("import_documents", _("Can import documents"))]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A stretch of a document that a search returns whole."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    ordinal = models.PositiveIntegerField()
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["document_id", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["document", "ordinal"], name="one_passage_a_place")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.ordinal}"


class PinnedPassage(AppendOnly):
    """A passage as it was when a judgment read it: documents change and go, what was read stays.

    `content` is what `inference.knowledge.pinned` tells of it, `digest` identifies that.
    """

    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.digest[:12]


class PassageTerm(models.Model):
    """How many passages hold a term. Kept on PostgreSQL alone, which can't say it; SQLite's full-text index can."""

    term = models.CharField(max_length=40, primary_key=True)
    passages = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.term
