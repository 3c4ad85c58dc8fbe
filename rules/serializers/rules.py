"""Rules, releases and what differs between them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rules.engine.content import RuleContent
from rules.enums import ChangeKind
from rules.models import Release, ReleaseEntry, RuleVersion
from rules.selectors.rebase import Moved
from rules.serializers.choices import ATTRIBUTES, CHANGE_KINDS, EFFECTS, SPANS
from rules.serializers.content import ContentSerializer, Words
from rules.serializers.numbers import StoredNumber


class PersonField(serializers.CharField):
    """A person by the name they sign in with."""

    def __init__(self, source: str = "", **options: Any) -> None:
        named = {"source": f"{source}.username"} if source else {}
        super().__init__(**named | {"read_only": True} | options)


class LibrarySerializer(serializers.Serializer):
    """Which rules are asked for; without a release, those in force."""

    text = Words(help_text="Words of the title, values and texts, or a number (R12).")
    effect = serializers.ChoiceField(EFFECTS, default="", allow_blank=True)
    attribute = serializers.ChoiceField(ATTRIBUTES, default="", allow_blank=True)
    release = StoredNumber(allow_null=True, default=None)


class ReleasedRuleSerializer(serializers.ModelSerializer):
    """A rule as a release holds it."""

    number = serializers.IntegerField(source="rule.number")
    version = serializers.IntegerField(source="version.version")
    content = ContentSerializer(source="version.content")
    digest = serializers.CharField(source="version.digest")
    created_at = serializers.DateTimeField(source="version.created_at")
    created_by = PersonField("version.created_by")

    class Meta:
        model = ReleaseEntry
        fields = ["number", "version", "content", "digest", "created_at", "created_by"]


class VersionSerializer(serializers.ModelSerializer):
    """One wording of a rule, with the first and the last release that hold it."""

    content = ContentSerializer()
    first_release = serializers.IntegerField(allow_null=True)
    last_release = serializers.IntegerField(allow_null=True)
    created_by = PersonField("created_by")

    class Meta:
        model = RuleVersion
        fields = ["version", "content", "digest", "first_release", "last_release", "created_at", "created_by"]


class RuleSerializer(serializers.Serializer):
    """A rule: the version in force, if it is in force, and the newest one."""

    number = serializers.IntegerField()
    in_force = serializers.IntegerField(allow_null=True)
    newest = VersionSerializer()


class ReleaseSerializer(serializers.ModelSerializer):
    """A release; its rules are a list of their own."""

    base = serializers.IntegerField(source="base.number", allow_null=True, default=None)
    rules = serializers.IntegerField(help_text="How many rules it holds.")
    proposal = serializers.IntegerField(source="proposal.pk", allow_null=True, default=None)
    created_by = PersonField("created_by")

    class Meta:
        model = Release
        fields = ["number", "base", "notes", "digest", "rules", "proposal", "created_at", "created_by"]


class SpanSerializer(serializers.Serializer):
    """A stretch of text that was kept, added or removed."""

    kind = serializers.ChoiceField(SPANS)
    text = serializers.CharField()


class DiffRowSerializer(serializers.Serializer):
    """One part of a rule in two wordings. Its label is in the language asked for."""

    label = serializers.CharField()
    spans = SpanSerializer(many=True)


class DifferenceSerializer(serializers.Serializer):
    """A rule in which two releases differ."""

    number = serializers.IntegerField()
    kind = serializers.SerializerMethodField()
    before = ContentSerializer(allow_null=True)
    after = ContentSerializer(allow_null=True)
    diff = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(CHANGE_KINDS))
    def get_kind(self, moved: Moved) -> str:
        """Whether it was added, changed or retired."""
        return ChangeKind.ADD if moved.before is None else ChangeKind.RETIRE if moved.after is None else ChangeKind.EDIT

    @extend_schema_field(DiffRowSerializer(many=True))
    def get_diff(self, moved: Moved) -> list[dict[str, Any]]:
        """The parts that differ, words marked."""
        return DiffRowSerializer(self.context["diff"](moved.before, moved.after), many=True).data


class AsOfSerializer(serializers.Serializer):
    """A moment."""

    at = serializers.DateTimeField()


class RestoreSerializer(serializers.Serializer):
    """The proposal that a rollback is."""

    title = serializers.CharField(max_length=200)
    reason = Words()


class NumberedSerializer(serializers.Serializer):
    """A rule to be, under its number."""

    number = serializers.IntegerField(min_value=1, max_value=2_000_000_000)
    content = ContentSerializer()


class ImportSerializer(serializers.Serializer):
    """Rules from outside: `rules`, or the text of a `file` as an export gives it. Rules in force that are not named
    stay; with `replace` they are retired."""

    title = serializers.CharField(max_length=200)
    reason = Words(max_length=4000)
    replace = serializers.BooleanField(default=False)
    rules = NumberedSerializer(many=True, required=False, allow_empty=False)
    file = Words(required=False, default=None)

    def validate_rules(self, rules: list[dict[str, Any]]) -> list[tuple[int, RuleContent]]:
        """Each number with its content."""
        return [(rule["number"], rule["content"]) for rule in rules]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("rules" in data) == (data["file"] is not None):
            raise serializers.ValidationError({"rules": [_("Send either rules or a file.")]})
        return data
