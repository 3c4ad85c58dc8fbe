"""What people do on the pages of proposals."""

from django.contrib.auth.models import User
from django.test import Client

from rules.models import Change, Proposal
from rules.selectors.reviews import standing_of
from tests.rules.rows import content


def page(client: Client, user: User, proposal: Proposal) -> str:
    client.force_login(user)
    return client.get(f"/proposals/{proposal.pk}/").content.decode()


def step(client: Client, user: User, proposal: Proposal, name: str, **data: str) -> list[str]:
    """What the page after a step says."""
    client.force_login(user)
    response = client.post(f"/proposals/{proposal.pk}/{name}/", data, follow=True)
    return [str(message) for message in response.context["messages"]]


def draft(proposal: Proposal, by: User, many: int) -> None:
    """As many more new rules in the proposal."""
    Change.objects.bulk_create(
        Change(proposal=proposal, kind="add", content=content(f"Rule {n}").to_json(), updated_by=by)
        for n in range(many)
    )


def state(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def seen(proposal: Proposal) -> str:
    return standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest


def lead() -> User:
    return User.objects.create_superuser("lead")
