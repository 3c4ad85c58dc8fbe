"""What every proposal takes, and who says so."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.models import Policy, Release
from tests.rules.proposal_pages.deeds import lead

pytestmark = pytest.mark.django_db


class TestPolicy:
    SAID = {"otherwise": "1", "safety": "3", "kind_forbid": "2", "required": ["examples", "conflicts"]}

    def test_a_lead_sets_it(self, client: Client, release: Release) -> None:
        client.force_login(lead())
        text = client.post("/policy/", self.SAID, follow=True).content.decode()
        policy = Policy.objects.latest("pk")
        assert (policy.approvals, policy.safety, policy.required) == ({"forbid": 2}, 3, ["examples", "conflicts"])
        assert "Checks that must pass: pinned examples, conflicts" in text

    def test_nobody_else_may(self, client: Client, release: Release, expert: User) -> None:
        client.force_login(expert)
        said = client.post("/policy/", self.SAID).status_code
        assert (said, "Set the policy" in client.get("/policy/").content.decode()) == (403, False)

    def test_what_cannot_be_is_said(self, client: Client, release: Release) -> None:
        client.force_login(lead())
        response = client.post("/policy/", {**self.SAID, "otherwise": "0"})
        assert (response.status_code, "greater than or equal to 1" in response.content.decode()) == (422, True)
