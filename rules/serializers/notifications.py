"""What people are told, and where they want to be told it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from rules.serializers.choices import LANGUAGES, NOTIFICATION_KINDS
from rules.serializers.numbers import StoredNumber


class NotificationsSerializer(serializers.Serializer):
    """Which notifications are asked for."""

    unread = serializers.BooleanField(default=False, help_text="Only those that were not read.")


class NotificationSerializer(serializers.Serializer):
    """One thing that somebody was told, in the language asked for. `path` is the page of what it is about."""

    id = serializers.IntegerField(source="notification.pk")
    kind = serializers.ChoiceField(NOTIFICATION_KINDS, source="notification.kind")
    sentence = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    proposal = serializers.IntegerField(source="notification.proposal_id", allow_null=True)
    path = serializers.CharField(source="url")
    created_at = serializers.DateTimeField(source="notification.created_at")
    read_at = serializers.DateTimeField(source="notification.read_at", allow_null=True)


class ReadSerializer(serializers.Serializer):
    """The newest notification that was seen: it and all before it count as read."""

    newest = StoredNumber()


class UnreadSerializer(serializers.Serializer):
    """How much is left to read."""

    unread = serializers.IntegerField()


class WishSerializer(serializers.Serializer):
    """Where one wants to be told of one kind."""

    in_app = serializers.BooleanField()
    by_mail = serializers.BooleanField()


class PreferencesSerializer(serializers.Serializer):
    """The language of mails, and for each kind where one wants to be told. Kinds that are not named stay."""

    language = serializers.ChoiceField(LANGUAGES)
    kinds = serializers.DictField(child=WishSerializer())

    def validate_kinds(self, kinds: dict[str, Any]) -> dict[str, Any]:
        """Kinds that there are."""
        if unknown := sorted(kinds.keys() - set(NOTIFICATION_KINDS)):
            raise serializers.ValidationError({name[:40]: [_("There is no such kind.")] for name in unknown})
        return kinds
