"""What the API of this app takes and gives."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from rules.serializers.choices import EFFECTS, LEVELS
from rules.serializers.content import ExampleSerializer

LONGEST_QUERY, LONGEST_TITLE = 200, 500


class AskedSerializer(serializers.Serializer):
    """A query with a product's title, or with a product of the catalogue by its id there."""

    query = serializers.CharField(max_length=LONGEST_QUERY)
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    product = serializers.CharField(max_length=100, required=False, help_text="The product's external id.")
    config = serializers.CharField(
        max_length=80, required=False, help_text="The name of a configuration; the default one judges otherwise."
    )
    trace = serializers.BooleanField(default=False, help_text="Whether every step is told that led to the level.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither."""
        if ("title" in attrs) == ("product" in attrs):
            raise serializers.ValidationError({"title": _("Give a title or the id of a product, not both.")})
        return attrs


class RecalledSerializer(serializers.Serializer):
    """A rule that was recalled, in its version."""

    number = serializers.IntegerField()
    version = serializers.IntegerField()
    effect = serializers.ChoiceField(EFFECTS)


class AnswerSerializer(serializers.Serializer):
    """The level that the release in force gives a pair, and why. A failed judgment has no level, and says why."""

    level = serializers.ChoiceField(LEVELS, allow_null=True)
    confidence = serializers.FloatField(allow_null=True, help_text="Share of such judgments that are right, 0 to 1.")
    reason = serializers.CharField()
    failure = serializers.CharField(allow_blank=True, help_text="The kind of failure, or empty.")
    key = serializers.CharField(help_text="Identifies all that decided it: same key, same judgment.")
    release = serializers.IntegerField(allow_null=True)
    config = serializers.CharField(allow_null=True, help_text="The configuration asked for, if one was.")
    rules = RecalledSerializer(many=True)
    trace = serializers.DictField(allow_null=True, help_text="Every step that led to the level, where asked for.")


class GapSerializer(serializers.Serializer):
    """A pinned example that its own rule does not fire on; judge its query and title to see what does."""

    rule = serializers.IntegerField()
    example = ExampleSerializer()
    day = serializers.DateField(source="witness.day")
