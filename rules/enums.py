"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ChangeKind(models.TextChoices):
    ADD = "add", _("added")
    EDIT = "edit", _("changed")
    RETIRE = "retire", _("retired")
