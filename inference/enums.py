"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("claimed")
    DONE = "done", _("done")


class Engine(models.TextChoices):
    LEXICAL = "lexical", _("lexical")
