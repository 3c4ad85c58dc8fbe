"""What was added to the knowledge files, or corrected in them, one version after another."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.enums import EntryKind, EntryOrigin
from rules.models.append_only import AppendOnly


class EntryVersion(AppendOnly):
    """One version of a knowledge entry, named by its kind and name. The newest one holds.

    `content` are the fields of the entry's record (`inference.knowledge.records`) but its name; a version that is
    `withdrawn` takes the entry out of use. `source` says where its facts come from, `note` why it was written.
    Entries of the files have no rows here until somebody corrects them.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    name = models.CharField(_("name"), max_length=200)
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(default=dict)
    withdrawn = models.BooleanField(default=False)
    origin = models.CharField(_("origin"), max_length=12, choices=EntryOrigin.choices)
    source = models.CharField(_("source"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "name", "number"], name="one_entry_version_a_number")]
        permissions = [("correct_knowledge", _("Can correct the knowledge"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} v{self.number}"
