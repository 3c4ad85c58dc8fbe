"""Programs that call the API with a token."""

from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from rules.services.tokens import create_token


def program_of(user: User) -> APIClient:
    """A program with a token of somebody."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(by=user, days=1).token}")
    return client


def program(role: str) -> APIClient:
    """A program with a token of somebody new who has a role."""
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    return program_of(User.objects.get(pk=user.pk))
