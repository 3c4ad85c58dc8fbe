"""Events of the audit trail."""

from rest_framework import serializers

from rules.models import AuditEvent
from rules.serializers.choices import CHANNELS
from rules.serializers.content import Words
from rules.serializers.rules import PersonField


class EventsSerializer(serializers.Serializer):
    """Which events are asked for: all that hold. `person` 0 is what the system does of itself."""

    subject = Words(help_text="Such as proposal:12, rule:3 or release:4.")
    verb = Words()
    person = serializers.IntegerField(allow_null=True, default=None, min_value=0, max_value=2**31 - 1)
    since = serializers.DateField(allow_null=True, default=None)
    until = serializers.DateField(allow_null=True, default=None)
    channel = serializers.ChoiceField(CHANNELS, default="", allow_blank=True)


class EventSerializer(serializers.ModelSerializer):
    """One write. Its digest covers the event and the digest of the one before."""

    actor = PersonField("actor", default=None)

    class Meta:
        model = AuditEvent
        fields = ["sequence", "at", "actor", "actor_id", "verb", "subject", "data", "previous", "digest"]
