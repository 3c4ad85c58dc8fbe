"""Served models: where they are asked, how they answered when they were tested, and every reply of theirs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.engines.probing import Verdict
from inference.engines.protocol import FailureKind
from inference.enums import EndpointKind
from rules.models.append_only import AppendOnly


class ModelEndpoint(models.Model):
    """A server that speaks the OpenAI protocol, and the model that is asked of it.

    `address` is the base with its version (`http://127.0.0.1:8000/v1`); `revision` says which weights the server has
    under the model's name. `in_flight` calls are under way at most, each of `timeout` seconds. Prices are for a million
    tokens, in whichever currency all of them are in. `sealed` is the token the server asks for, encrypted; nothing
    shows it.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=EndpointKind.choices, default=EndpointKind.TEXT)
    address = models.CharField(_("address"), max_length=300)
    model = models.CharField(_("model"), max_length=200)
    revision = models.CharField(_("revision"), max_length=100, blank=True)
    in_flight = models.PositiveSmallIntegerField(_("calls at a time"), default=64)
    timeout = models.PositiveSmallIntegerField(_("seconds to wait"), default=60)
    price_read = models.DecimalField(_("price read"), max_digits=12, decimal_places=4, default=0)
    price_written = models.DecimalField(_("price written"), max_digits=12, decimal_places=4, default=0)
    sealed = models.TextField(blank=True, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        """Whether the server is sent a token."""
        return bool(self.sealed)

    @property
    def retired(self) -> bool:
        """Whether nothing is asked of it any more."""
        return self.retired_at is not None


class EndpointTest(AppendOnly):
    """One test of an endpoint: the models the server lists, and how it replied to one request bound to a schema."""

    endpoint = models.ForeignKey(ModelEndpoint, on_delete=models.PROTECT, related_name="tests")
    verdict = models.CharField(max_length=10)
    failure = models.CharField(max_length=10, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    models_listed = models.JSONField(default=list)
    reply = models.CharField(max_length=200, blank=True)
    milliseconds = models.FloatField(default=0)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.verdict}"

    @property
    def passed(self) -> bool:
        """Whether the endpoint can be used as it is."""
        return self.verdict == Verdict.WORKS

    @property
    def verdict_words(self) -> str:
        """What the test found, the key of its translation."""
        return Verdict(self.verdict).label

    @property
    def failure_words(self) -> str:
        """The kind of failure, the key of its translation."""
        return FailureKind(self.failure).label if self.failure else ""


class ModelReply(AppendOnly):
    """What a model replied to a request, or how it failed to, as it came.

    `key` digests the request and the model asked; `sample` tells several replies to one request apart. `failure` is a
    kind of the client's or what was wrong with the text; a reply that has one answers nothing and is never found.
    `run` is the one that asked, None where somebody asked beside any run; `repairs` marks a request to mend an unusable
    reply. `confidence` is the probability of the level it answers, where its tokens told.
    """

    key = models.CharField(max_length=64)
    sample = models.PositiveSmallIntegerField(default=0)
    endpoint = models.ForeignKey(ModelEndpoint, on_delete=models.PROTECT, related_name="replies")
    run = models.ForeignKey(
        "inference.Run", on_delete=models.PROTECT, null=True, related_name="replies", db_index=False
    )
    repairs = models.BooleanField(default=False)
    model = models.CharField(max_length=200)
    revision = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=1)
    milliseconds = models.FloatField(default=0)
    confidence = models.FloatField(null=True)
    failure = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["key", "sample"], name="reply_by_key"),
            models.Index(fields=["run", "milliseconds"], name="replies_of_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:12]}/{self.sample}"
