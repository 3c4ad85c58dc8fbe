"""The tokens that programs act for people with."""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from knox.models import AuthToken


def tokens_of(person: User) -> "QuerySet[AuthToken]":
    """Somebody's tokens that are still good, newest first."""
    found: QuerySet[AuthToken] = AuthToken.objects.filter(user=person, expiry__gt=timezone.now())
    return found.order_by("-created")
