"""The checks of a proposal on its page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rules.enums import CheckName, CheckState
from rules.models import Policy, Proposal
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals
from tests.rules.proposal_pages.deeds import lead, page, step
from tests.rules.rows import rule

pytestmark = pytest.mark.django_db


class TestChecks:
    def test_each_is_a_line_with_its_answer(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["coverage"], by=expert)
        checks.report_check(
            proposal=asked,
            name=CheckName.COVERAGE,
            state=CheckState.FAILED,
            content=standing_of(asked).content,
            summary="R%(rule)s fires on nothing.",
            params={"rule": 3},
            details="/rules/3/",
        )
        text = page(client, expert, asked)
        assert '<span class="state is-broken">failed</span>' in text
        assert "R3 fires on nothing." in text
        assert '<a href="/rules/3/">Details' in text

    @pytest.mark.parametrize("params", [{}, {"other": 1}])
    def test_an_answer_from_outside_is_shown_as_it_was_written(
        self, client: Client, asked: Proposal, expert: User, params: dict[str, int]
    ) -> None:
        told = {"proposal": asked, "name": CheckName.COVERAGE, "state": CheckState.PASSED, "params": params}
        checks.report_check(
            **told, content=standing_of(asked).content, summary="100% and %(n)s", details="//elsewhere/"
        )
        text = page(client, expert, asked)
        assert ("100% and %(n)s" in text, "//elsewhere/" in text) == (True, False)

    def test_a_lead_lets_one_pass_and_it_shows_for_ever(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        told = step(client, lead(), asked, "checks/examples/override", reason="They are of another rule.")
        assert told == ["The check need not pass for this proposal as it stands."]
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        text = page(client, expert, asked)
        assert "lead let the check “pinned examples” pass:" in text
        assert "for a content that was changed since" in text

    def test_nobody_else_may(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        assert "/override/" not in page(client, expert, asked)
        response = client.post(f"/proposals/{asked.pk}/checks/examples/override/", {"reason": "No."})
        assert response.status_code == 403

    def test_a_check_there_is_not_is_not_found(self, client: Client, asked: Proposal) -> None:
        client.force_login(lead())
        assert client.post(f"/proposals/{asked.pk}/checks/nonsense/override/", {"reason": "x"}).status_code == 404

    def test_who_let_one_pass_and_why_stands_on_its_line(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        step(client, lead(), asked, "checks/examples/override", reason="They are of <another> rule.")
        line = page(client, expert, asked).partition("<b>Pinned examples</b>")[2].partition("</li>")[0]
        assert "lead let it pass:" in line
        assert "They are of &lt;another&gt; rule." in line

    def test_who_let_one_pass_is_offered_no_approval_and_told_why(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        by = lead()
        before = page(client, by, asked)
        assert "whoever lets a check pass is none of those who approve it." in before
        step(client, by, asked, "checks/examples/override", reason="Of another rule.")
        text = page(client, by, asked)
        assert ('value="approve"' in before, 'value="approve"' in text) == (True, False)
        assert "You let a check pass on this content, so somebody else approves it." in text
