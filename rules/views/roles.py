"""What a page offers to a person. Services check again."""

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest


def actor(request: HttpRequest) -> User:
    """Who is signed in; the middleware lets nobody else come here."""
    assert isinstance(request.user, User)
    return request.user


def may_draft(user: User | AnonymousUser) -> bool:
    """Whether this person may draft rule changes."""
    return user.has_perm("rules.change_proposal")


def may_publish(user: User | AnonymousUser) -> bool:
    """Whether this person may publish a proposal."""
    return user.has_perm("rules.publish_release")


def may_review(user: User | AnonymousUser) -> bool:
    """Whether this person may review proposals of others."""
    return user.has_perm("rules.review_proposal")
