"""Setting what a benchmark must show, and what that does to proposals."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from inference.gate import Terms
from inference.models import GatePolicy
from inference.selectors.drafted import Found
from inference.selectors.gate import gate_policy
from inference.selectors.proposal_checks import due_checks
from inference.services import proposal_checks
from inference.services.gate import set_gate
from inference.services.proposal_checks import run_checks
from rules.enums import CheckName, CheckState, ProposalState
from rules.models import AuditEvent, Check, Proposal
from rules.models.append_only import AppendOnlyError
from rules.selectors.reviews import standing_of
from rules.services import reviews
from tests.factories import make_benchmark, make_user
from tests.inference.test_proposal_checks import FORBID, ISATIS, on_query, proposed
from tests.rules.publishing import reviewer
from tests.rules.rows import person

pytestmark = pytest.mark.django_db

TERMS: dict[str, Any] = {
    "hold_critical": False,
    "most_broken": 3,
    "class_fall": 2.5,
    "touched_fall": 20.0,
    "fewest_touched": 1,
}


@pytest.fixture
def lead() -> User:
    return make_user("inference.set_gate")


@pytest.fixture
def approved() -> Proposal:
    """A proposal with its checks run, and approved as it stands."""
    make_benchmark(ISATIS)
    expert = person("expert")
    proposal = proposed(expert, (1, on_query("板蓝根", FORBID)))
    reviews.ask_for_review(by=expert, proposal=proposal)
    run_checks(proposal_id=proposal.pk)
    for number in (1, 2):
        reviews.approve(by=reviewer(f"r{number}"), proposal=proposal, seen=standing_of(proposal).signed.digest)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.APPROVED
    return proposal


def test_until_somebody_says_otherwise_the_defaults_hold() -> None:
    assert (gate_policy().pk, gate_policy().terms) == (None, Terms())


def test_a_lead_sets_the_terms_and_the_trail_tells(lead: User) -> None:
    set_gate(by=lead, **TERMS)
    event = AuditEvent.objects.get(verb="gate.set")
    assert gate_policy().terms == Terms(False, 3, 0.025, 0.2, 1)
    assert (event.actor, event.data["before"]["class_fall"], event.data["after"]) == (lead, 5, TERMS)


def test_nobody_else_may() -> None:
    with pytest.raises(PermissionDenied):
        set_gate(by=person("expert"), **TERMS)
    assert not GatePolicy.objects.exists()


@pytest.mark.parametrize("wrong", [{"class_fall": 0}, {"touched_fall": 101}, {"most_broken": -1}])
def test_numbers_that_cannot_be_are_refused(lead: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        set_gate(by=lead, **{**TERMS, **wrong})


def test_the_database_refuses_them_too(lead: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        GatePolicy.objects.create(**{**TERMS, "class_fall": 0}, by=lead)


def test_what_was_said_is_never_changed(lead: User) -> None:
    policy = set_gate(by=lead, **TERMS)
    with pytest.raises(AppendOnlyError):
        policy.save()


def test_other_terms_void_approvals_at_once_and_the_check_waits(lead: User, approved: Proposal) -> None:
    set_gate(by=lead, **TERMS)
    approved.refresh_from_db()
    check = Check.objects.get(proposal=approved, name=CheckName.BENCHMARK)
    assert (approved.state, standing_of(approved).approvals) == (ProposalState.IN_REVIEW, ())
    assert (check.state, check.behind.split()[2:]) == (CheckState.PENDING, ["gate", str(gate_policy().pk)])
    assert due_checks(approved) == (CheckName.BENCHMARK,)


def test_the_check_answers_by_the_new_terms(lead: User, approved: Proposal) -> None:
    set_gate(by=lead, **{**TERMS, "fewest_touched": 70})
    assert run_checks(proposal_id=approved.pk) == (CheckName.BENCHMARK,)
    assert Check.objects.get(name=CheckName.BENCHMARK).params["more"] == 69


def test_an_answer_by_terms_that_were_replaced_meanwhile_is_not_kept(
    lead: User, approved: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_benchmark = proposal_checks.CHECKS[CheckName.BENCHMARK]

    def replaced_meanwhile(drafted: Any) -> Found:
        found = check_benchmark(drafted)
        set_gate(by=lead, **TERMS)
        return found

    monkeypatch.setitem(proposal_checks.CHECKS, CheckName.BENCHMARK, replaced_meanwhile)
    run_checks(proposal_id=approved.pk, again=True)
    assert Check.objects.get(proposal=approved, name=CheckName.BENCHMARK).state == CheckState.PENDING
    assert standing_of(approved).approvals == ()
