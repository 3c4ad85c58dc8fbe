"""Benchmark releases as the API takes and gives them."""

from rest_framework import serializers

from annotation.models import BenchmarkRelease
from annotation.selectors.benchmark_releases import Change
from annotation.services.benchmark_releases import LONGEST_NOTES
from rules.serializers.numbers import StoredNumber
from rules.serializers.rules import PersonField

CHANGES = [one.value for one in Change]


class BenchmarkReleaseSerializer(serializers.ModelSerializer):
    """One release. `digest` is the SHA-256 of its JSONL file."""

    benchmark = serializers.CharField(source="benchmark.slug")
    rows = serializers.IntegerField(source="manifest.rows")
    cut_by = PersonField("created_by")
    cut_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = BenchmarkRelease
        fields = ["benchmark", "number", "digest", "rows", "notes", "cut_by", "cut_at"]


class WholeReleaseSerializer(BenchmarkReleaseSerializer):
    """One release with its manifest and datasheet."""

    class Meta(BenchmarkReleaseSerializer.Meta):
        fields = [*BenchmarkReleaseSerializer.Meta.fields, "manifest", "datasheet"]


class CutSerializer(serializers.Serializer):
    """Another release. `seen` is the number of the newest one that the caller knows of, 0 for none."""

    notes = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_NOTES)
    accounts = serializers.BooleanField(default=False, help_text="Call people by their account names.")
    quotas = serializers.DictField(
        child=serializers.FloatField(min_value=0), default=dict, help_text="The share that each category was to have."
    )
    seen = StoredNumber()


class ComparedSerializer(serializers.Serializer):
    """Which differences are asked for."""

    change = serializers.ChoiceField(CHANGES, default="", allow_blank=True)


class MovedPairSerializer(serializers.Serializer):
    """A pair that is not the same in two releases: how it differs, and its row in both."""

    changes = serializers.ListField(child=serializers.ChoiceField(CHANGES))
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


class VerifiedSerializer(serializers.Serializer):
    """Whether a release is what was cut, and what differs where it is not."""

    whole = serializers.BooleanField()
    faults = serializers.ListField(child=serializers.CharField())
