"""The states and kinds of the tables of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ChangeKind(models.TextChoices):
    ADD = "add", _("added")
    EDIT = "edit", pgettext_lazy("rule change", "changed")
    RETIRE = "retire", _("retired")
