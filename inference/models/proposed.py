"""What models were asked of names that the knowledge lacks, the entries that they propose, and what people made of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.enums import EntryKind, RunState
from rules.models.append_only import AppendOnly


class NameInquiry(models.Model):
    """One round of asking a model about names: which ones is settled when it starts.

    `names` is a list of `{"name", "forms", "titles", "products"}`, the most frequent first; the first `done` of them
    have been asked about. `found` were answered by replies kept from before, `unsure` says for how many the model does
    not know, `failed` how many got no usable reply. Tokens and `calls` are those of this round alone.
    """

    endpoint = models.ForeignKey("ModelEndpoint", on_delete=models.PROTECT, related_name="inquiries")
    model_settings = models.JSONField(default=dict)
    names = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    done = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    unsure = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="one_inquiry_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.done} of {len(self.names)}"

    @property
    def total(self) -> int:
        """How many names it asks about."""
        return len(self.names)


class ProposedEntry(AppendOnly):
    """An entry that a model proposes. It is in no use: a person accepts it, which writes the entry, or declines it.

    `expected_number` is the version of the entry that it was made for, 0 for a new one; `source` names the model and
    the day, `reason` is the model's own. `titles` are some of those that the name stands in, of so many `products`.
    """

    inquiry = models.ForeignKey(NameInquiry, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    name = models.CharField(_("name"), max_length=200)
    content = models.JSONField(default=dict)
    expected_number = models.PositiveIntegerField(default=0)
    source = models.CharField(_("source"), max_length=300)
    reason = models.CharField(max_length=200, blank=True)
    titles = models.JSONField(default=list)
    products = models.PositiveIntegerField(default=0)
    reply_key = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "kind", "name"], name="a_name_proposed_once_an_inquiry")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class EntryVerdict(AppendOnly):
    """What a person made of a proposed entry. `version` is the one that accepting it wrote."""

    proposed = models.OneToOneField(ProposedEntry, on_delete=models.PROTECT, related_name="verdict")
    accepted = models.BooleanField()
    version = models.ForeignKey("EntryVersion", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.proposed_id}: {'accepted' if self.accepted else 'declined'}"
