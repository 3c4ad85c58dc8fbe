"""A rule's content, as the API reads and answers it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework import serializers

from rules.engine.content import RuleContent
from rules.serializers.choices import ATTRIBUTES, EFFECTS, LEVELS, OPERATORS, SIDES


class Words(serializers.CharField):
    """Text kept as it was typed; how long it may be, services say."""

    def __init__(self, **options: Any) -> None:
        absent = {} if options.get("required") else {"default": ""}
        super().__init__(**{"allow_blank": True, "trim_whitespace": False} | absent | options)


class ConditionSerializer(serializers.Serializer):
    """What must hold for a rule to apply."""

    side = serializers.ChoiceField(SIDES)
    operator = serializers.ChoiceField(OPERATORS)
    attribute = serializers.ChoiceField(ATTRIBUTES, allow_null=True, default=None)
    values = serializers.ListField(child=Words(required=True), default=list)


class EffectSerializer(serializers.Serializer):
    """What a rule does to a level."""

    kind = serializers.ChoiceField(EFFECTS)
    level = serializers.ChoiceField(LEVELS, allow_null=True, default=None)
    attributes = serializers.ListField(child=serializers.ChoiceField(ATTRIBUTES), default=list)


class ExampleSerializer(serializers.Serializer):
    """A pinned pair and the level it is to have."""

    query = Words()
    title = Words()
    level = serializers.ChoiceField(LEVELS)


class ContentSerializer(serializers.Serializer):
    """One wording of a rule, complete."""

    title = Words()
    conditions = ConditionSerializer(many=True, default=list)
    effect = EffectSerializer()
    instruction = Words()
    rationale = Words()
    source = Words()
    examples = ExampleSerializer(many=True, default=list)
    valid_from = serializers.DateField(allow_null=True, default=None)
    valid_until = serializers.DateField(allow_null=True, default=None)
    safety = serializers.BooleanField(default=False)

    def to_representation(self, instance: RuleContent | Mapping[str, Any]) -> dict[str, Any]:
        """A content, or its JSON as it is stored, with every field."""
        told = instance.to_json() if isinstance(instance, RuleContent) else dict(instance)
        return {"safety": False} | told

    def to_internal_value(self, data: object) -> RuleContent:
        """The content that was sent."""
        read: dict[str, Any] = super().to_internal_value(data)
        return RuleContent.from_json(read | {name: _day(read[name]) for name in ("valid_from", "valid_until")})

    def run_validation(self, data: Any = serializers.empty) -> RuleContent | None:
        """The framework would look into what was read as into a mapping; it is a content already."""
        empty, value = self.validate_empty_values(data)
        return value if empty else self.to_internal_value(data)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
