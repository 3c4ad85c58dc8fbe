"""Labelling as the API takes and gives it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.enums import Outcome, QueuedOrigin, QueuedState, SkipReason
from annotation.models import QueuedPair
from annotation.selectors.catalogue import attributes_of
from annotation.selectors.labelling import Offer
from rules.serializers.choices import LEVELS
from rules.serializers.numbers import StoredNumber

OUTCOMES = list(Outcome.values)
QUEUED_ORIGINS = list(QueuedOrigin.values)
QUEUED_STATES = list(QueuedState.values)
SKIP_REASONS = list(SkipReason.values)
MOST_PAIRS = 5000


class OfferSerializer(serializers.Serializer):
    """A pair in the caller's hands. It says nothing of what others gave it."""

    assignment = serializers.IntegerField(source="assignment.pk")
    until = serializers.DateTimeField(source="assignment.until")
    query = serializers.CharField(source="query.text")
    product_id = serializers.CharField(source="product.external_id")
    title = serializers.CharField(source="product.title")
    attributes = serializers.SerializerMethodField()
    images = serializers.SerializerMethodField()
    sentences = serializers.DictField(child=serializers.CharField())
    guideline = serializers.IntegerField()
    done_today = serializers.IntegerField()
    left = serializers.IntegerField()
    answered = serializers.ChoiceField(LEVELS, allow_blank=True)

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.CharField())))
    def get_attributes(self, offer: Offer) -> dict[str, list[str]]:
        """What is known of the product."""
        return {one.attribute.value: list(one.values) for one in attributes_of(offer.product)}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_images(self, offer: Offer) -> list[str]:
        """The addresses of its photographs."""
        return [image.file.url for image in offer.images]


class VoteSerializer(serializers.Serializer):
    """The level that a model gave."""

    source = serializers.CharField()
    level = serializers.ChoiceField(LEVELS)


class AnswerSerializer(serializers.Serializer):
    """A label. `submission` names this very answer: sent again it is stored once. `next` asks for the next pair."""

    level = serializers.ChoiceField(LEVELS)
    submission = serializers.UUIDField()
    note = serializers.CharField(default="", allow_blank=True, max_length=4000)
    seconds = serializers.FloatField(default=None, allow_null=True)
    next = serializers.BooleanField(default=False)


class SubmittedSerializer(serializers.Serializer):
    """What became of a label. `votes`: those of models, where they are shown; `next`: the next pair, if asked for.

    `why`: why nothing is given out: `closed` to nobody, `paused` not to the caller; empty where there is nothing left.
    """

    outcome = serializers.ChoiceField(OUTCOMES)
    level = serializers.ChoiceField(LEVELS)
    votes = VoteSerializer(many=True, allow_null=True)
    next = OfferSerializer(allow_null=True)
    why = serializers.CharField(allow_blank=True)


class SkipSerializer(serializers.Serializer):
    """Why a pair is given back."""

    reason = serializers.ChoiceField(SKIP_REASONS)
    note = serializers.CharField(default="", allow_blank=True, max_length=4000)


class FlagSerializer(serializers.Serializer):
    """What is odd."""

    note = serializers.CharField(default="", allow_blank=True, max_length=4000)


class HeldSerializer(serializers.Serializer):
    """A pair and until when it is held."""

    assignment = serializers.IntegerField(source="pk")
    state = serializers.CharField()
    until = serializers.DateTimeField()


class QueueAskedSerializer(serializers.Serializer):
    """Which pairs of a queue."""

    state = serializers.ChoiceField(QUEUED_STATES, default="", allow_blank=True)
    origin = serializers.ChoiceField(QUEUED_ORIGINS, default="", allow_blank=True)
    category = serializers.CharField(default="", allow_blank=True, max_length=60)


class QueuedSerializer(serializers.ModelSerializer):
    """A pair of a queue, as whoever leads the labelling sees it."""

    query = serializers.CharField(source="pair.query.text")
    product_id = serializers.CharField(source="pair.product.external_id")
    title = serializers.CharField(source="pair.product.title")
    state = serializers.ChoiceField(QUEUED_STATES)
    origin = serializers.ChoiceField(QUEUED_ORIGINS)
    gold = serializers.ChoiceField(LEVELS, allow_blank=True)
    level = serializers.SerializerMethodField()

    class Meta:
        model = QueuedPair
        fields = [
            *("id", "pair", "query", "product_id", "title", "state", "origin", "category", "overlap", "taken"),
            *("done", "gold", "is_hard", "wants_expert", "level"),
        ]

    @extend_schema_field(serializers.ChoiceField(LEVELS, allow_blank=True))
    def get_level(self, queued: QueuedPair) -> str:
        """The level it was settled with."""
        return queued.settled.level if queued.settled else ""


class NewPairSerializer(serializers.Serializer):
    """A pair to be labelled: a query with a product of the catalogue, or with a title. `gold`: its level is known."""

    query = serializers.CharField(max_length=200)
    product_id = serializers.CharField(default="", allow_blank=True, max_length=100)
    title = serializers.CharField(default="", allow_blank=True, max_length=500)
    gold = serializers.ChoiceField(LEVELS, default="", allow_blank=True)


class NewPairsSerializer(serializers.Serializer):
    """Pairs to be labelled, and where they come from."""

    origin = serializers.ChoiceField(QUEUED_ORIGINS, default=QueuedOrigin.TRAFFIC.value)
    pairs = NewPairSerializer(many=True, allow_empty=False, max_length=500)


class CameSerializer(serializers.Serializer):
    """How many pairs came into the queue, and how many were in it."""

    added = serializers.IntegerField()
    already = serializers.IntegerField()


class PairVoteSerializer(serializers.Serializer):
    """The level that a model gave a pair, by its id."""

    pair = StoredNumber(min_value=1)
    level = serializers.ChoiceField(LEVELS)


class VotesSerializer(serializers.Serializer):
    """What a model says of pairs. `source`: its name and revision."""

    source = serializers.CharField(max_length=120)
    votes = PairVoteSerializer(many=True, allow_empty=False, max_length=MOST_PAIRS)


class StoredSerializer(serializers.Serializer):
    """How many votes are new or differ."""

    stored = serializers.IntegerField()


def submitted(came: Any, offer: Offer | None, why: str) -> dict[str, Any]:
    """What became of a label, with the next pair or why there is none."""
    return {"outcome": came.outcome, "level": came.level, "votes": came.votes, "next": offer, "why": why}
