"""What the tests of the API share: programs with tokens, and a release to change."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from rest_framework.test import APIClient

from rules.models import Release
from tests.programs import program_of
from tests.rules.api.asking import API, NEW, sent
from tests.rules.publishing import without_checks

ROLES = ("annotator", "reviewer", "expert", "lead")


@pytest.fixture(autouse=True)
def unhurried() -> None:
    """No request of another test counts against the rate."""
    cache.clear()


@pytest.fixture
def program(db: None) -> Callable[[str], APIClient]:
    """A program that acts for somebody of a role, with a token of theirs."""

    def make(role: str, name: str = "") -> APIClient:
        user, made = User.objects.get_or_create(username=name or role)
        if made and role:
            user.groups.add(Group.objects.get(name=role))
        return program_of(User.objects.get(pk=user.pk))

    return make


def allowed(name: str, *codenames: str) -> APIClient:
    """A program of somebody who may do these and nothing else."""
    user = User.objects.create_user(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return program_of(user)


@pytest.fixture
def author(release: Release, expert: User) -> APIClient:
    without_checks(expert)
    return allowed("author", "change_proposal", "publish_release")


@pytest.fixture
def reviewer() -> APIClient:
    return allowed("reviewer", "review_proposal")


@pytest.fixture
def draft(author: APIClient) -> str:
    """The address of a draft that adds a rule."""
    pk = sent(author, f"{API}/proposals/", {"title": "Add", "reason": "because"}, 201)["id"]
    sent(author, f"{API}/proposals/{pk}/changes/", {"kind": "add", "content": NEW}, 201)
    return f"{API}/proposals/{pk}/"
