"""What the API of runs gives."""

from rest_framework import serializers

from inference.enums import RunState


class FailedSerializer(serializers.Serializer):
    """Why judgments failed, and how many did so."""

    kind = serializers.CharField()
    pairs = serializers.IntegerField()


class CallsSerializer(serializers.Serializer):
    """What was asked of served models. Times are in milliseconds; the cost is at the present prices."""

    calls = serializers.IntegerField()
    retries = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Calls without a reply that could be used.")
    repairs = serializers.IntegerField(source="counts.repairs", help_text="Calls that asked to mend a reply.")
    repaired = serializers.IntegerField(source="counts.repaired")
    tokens_read = serializers.IntegerField(source="read")
    tokens_cached = serializers.IntegerField(source="cached")
    tokens_written = serializers.IntegerField(source="written")
    cost = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    slow = serializers.FloatField(source="counts.slow", help_text="19 of 20 calls took this long at most.")
    rate = serializers.FloatField(help_text="Calls a second, from launch to end.")


class RunSerializer(serializers.Serializer):
    """A run: what it pins, how far it has come, and what it asked of models, null for nothing."""

    id = serializers.IntegerField(source="run.pk")
    state = serializers.ChoiceField(RunState.choices, source="run.state")
    release = serializers.IntegerField(source="run.release.number")
    benchmark = serializers.CharField(source="run.benchmark.slug", default=None, allow_null=True)
    configuration = serializers.CharField(source="run.config.name")
    baseline = serializers.IntegerField(source="run.baseline_id", allow_null=True)
    again_of = serializers.IntegerField(
        source="run.again_of_id", allow_null=True, help_text="The run whose failed pairs it asks again."
    )
    total = serializers.IntegerField(source="progress.total")
    judged = serializers.IntegerField(source="progress.done")
    failed = serializers.IntegerField(source="progress.failed")
    taken_over = serializers.IntegerField(source="progress.reused")
    failures = FailedSerializer(many=True)
    calls = CallsSerializer(allow_null=True)
