"""What checkers outside report, and what a lead says of checks."""

import pytest
from rest_framework.test import APIClient

from rules.models import AuditEvent, Proposal
from rules.services.checks import report_check
from tests.rules.api.asking import API, refused, sent
from tests.rules.api.conftest import allowed

pytestmark = pytest.mark.django_db


class TestChecks:
    def test_a_checker_outside_reports(self, draft: str, author: APIClient) -> None:
        checker = allowed("checker", "change_check")
        seen = checker.get(draft).json()["content"]
        said = {"state": "failed", "content": seen, "summary": "100% of 3 broke", "details": "https://ci.example/1"}
        told = sent(checker, f"{draft}checks/coverage/", said, method="put")
        check = next(one for one in told["checks"] if one["name"] == "coverage")
        assert (check["state"], check["summary"], check["params"]) == (
            "failed",
            "%(text)s",
            {"text": "100% of 3 broke"},
        )
        assert AuditEvent.objects.filter(verb="check.reported").first().actor.username == "checker"

    def test_nobody_else_reports(self, draft: str, author: APIClient) -> None:
        said = {"state": "passed", "content": author.get(draft).json()["content"]}
        assert refused(author, f"{draft}checks/coverage/", said, "put") == (403, "permission_denied")

    def test_what_was_found_about_another_content(self, draft: str) -> None:
        checker = allowed("checker", "change_check")
        said = {"state": "passed", "content": "old"}
        assert refused(checker, f"{draft}checks/coverage/", said, "put") == (409, "changed")

    def test_details_are_a_page(self, draft: str) -> None:
        checker = allowed("checker", "change_check")
        for details in ("javascript:alert(1)", "//evil", "x"):
            said = {"state": "passed", "content": "x", "details": details}
            assert refused(checker, f"{draft}checks/coverage/", said, "put") == (400, "invalid")

    def test_a_lead_overrides_with_a_reason(self, draft: str, author: APIClient) -> None:
        lead = allowed("lead", "override_check", "set_policy")
        policy = {"approvals": {"forbid": 3}, "otherwise": 1, "safety": 2, "required": ["coverage"]}
        assert sent(lead, f"{API}/policy/", policy, method="put") == policy
        proposal = Proposal.objects.latest("pk")
        report_check(proposal=proposal, name="coverage", state="failed", content=lead.get(draft).json()["content"])
        assert refused(lead, f"{draft}checks/coverage/override/", {"reason": " "}) == (400, "empty")
        told = sent(lead, f"{draft}checks/coverage/override/", {"reason": "Known"})
        check = next(one for one in told["checks"] if one["name"] == "coverage")
        assert (check["holds"], check["override"]["reason"], check["override"]["by"]) == (True, "Known", "lead")
        assert refused(lead, f"{draft}checks/nothing/override/", {"reason": "x"}) == (404, "not_found")

    def test_what_is_no_policy(self) -> None:
        lead = allowed("lead", "set_policy")
        for wrong in ({"approvals": {"love": 1}}, {"otherwise": 0}, {"safety": "x"}, {"required": ["luck"]}):
            policy = {"approvals": {}, "otherwise": 1, "safety": 2, "required": []} | wrong
            assert refused(lead, f"{API}/policy/", policy, "put") == (400, "invalid")
