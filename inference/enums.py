"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    NEW = "new", _("new")
    CLAIMED = "claimed", _("claimed")


class ComparisonState(models.TextChoices):
    MAKING = "making", _("being made")
    READY = "ready", _("ready")


class Engine(models.TextChoices):
    LEXICAL = "lexical", _("lexical")
    LLM = "llm", _("language model")


class EntryKind(models.TextChoices):
    MEDICINE = "medicine", _("medicine")
    BRAND = "brand", _("brand")
    EFFICACY = "efficacy", _("efficacy")
    NEED = "need", _("need")
    CATEGORY = "category", _("category")
    FORM = "form", _("dosage form")
    POPULATION = "population", _("population")


class EntryOrigin(models.TextChoices):
    FILES = "files", _("shipped with the application")
    CORRECTION = "correction", _("written by a person")
    PRODUCT = "product", _("learned from the catalogue")
    LEAFLET = "leaflet", _("learned from a leaflet")


class DocumentKind(models.TextChoices):
    LEAFLET = "leaflet", _("leaflet")
    ENTRY = "entry", _("knowledge entry")
    PASSAGE = "passage", _("passage")


class EndpointKind(models.TextChoices):
    TEXT = "text", _("text")
    VISION = "vision", _("text and pictures")
    EMBEDDING = "embedding", _("embeddings")


class IncomingFrom(models.TextChoices):
    """Where a pair came from that a shadow judged."""

    IMPORT = "import", _("import")
    API = "api", _("API")


class ShadowOutcome(models.TextChoices):
    SAME = "same", _("same level")
    DIFFERENT = "different", _("another level")
    FAILED = "failed", pgettext_lazy("judgment", "failed")
