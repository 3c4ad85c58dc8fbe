"""What people do in the tests of what they are told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth.models import User

from rules.models import Notification, Proposal, Review
from rules.selectors.reviews import standing_of
from rules.services import reviews

Commit = Callable[[], AbstractContextManager[Any]]


def named(name: str) -> User:
    return User.objects.get(username=name)


def seen(proposal: Proposal) -> str:
    return standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest


def told() -> set[tuple[str, str]]:
    """Who was told what."""
    return set(Notification.objects.values_list("recipient__username", "kind"))


def approve(proposal: Proposal, name: str = "rita") -> Review:
    return reviews.approve(by=named(name), proposal=proposal, seen=seen(proposal))
