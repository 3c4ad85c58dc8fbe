"""The page of each check, who may have checks run, and when they run unasked."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import BenchmarkPair
from inference.selectors.proposal_checks import proposals_due
from inference.services.proposal_checks import run_checks
from inference.tasks import check_proposal, resume_checks
from rules.engine.attributes import Level
from rules.engine.content import Example
from rules.enums import CheckName, CheckState
from rules.models import AuditEvent, Check
from rules.services import proposals, reviews
from tests.factories import make_benchmark, make_user
from tests.inference.test_proposal_checks import FORBID, IBUPROFEN, ISATIS, on_query, proposed
from tests.rules.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert() -> User:
    return person("expert")


@pytest.fixture
def site(client: Client, expert: User) -> Client:
    client.force_login(expert)
    return client


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The queue, which is nobody's code of ours."""
    queue = Mock()
    monkeypatch.setattr(check_proposal, "delay", queue)
    return queue


WORDS = {
    CheckName.EXAMPLES: ["1 of 1 pinned examples would not hold.", "<mark>布洛芬</mark>", "does not hold"],
    CheckName.CONFLICTS: ["No changed rule disagrees with another one"],
    CheckName.COVERAGE: ["Each changed rule fires on 1 of 2 pairs", "<mark>布洛芬</mark>", "1 of 2"],
    CheckName.BENCHMARK: ["Breaks 1 pairs that must hold", "broken", "about 284 more", "Not worse beyond chance"],
    CheckName.MUST_HOLD: ["1 of the 2 pairs that must hold", "moves away from its label"],
}


@pytest.mark.parametrize("name", CheckName)
def test_the_page_of_a_check_lists_what_it_finds(
    site: Client, expert: User, name: CheckName, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    make_benchmark(IBUPROFEN, ISATIS)
    BenchmarkPair.objects.update(must_hold=True)
    example = Example("布洛芬", IBUPROFEN[1], Level.HIGHLY)
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID, example)))
    run_checks(proposal_id=proposal.pk)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        response = site.get(reverse("inference:check", args=[proposal.pk, name.value]))
    page = response.content.decode()
    assert [words for words in WORDS[name] if words not in page] == []
    assert response.context["differs"] is False


def test_pages_of_examples_cost_the_same_however_many_there_are(site: Client, expert: User) -> None:
    def queries(count: int) -> int:
        examples = [Example(f"布洛芬 {place}", IBUPROFEN[1], Level.IRRELEVANT) for place in range(count)]
        proposal = proposed(expert, *((n, on_query(f"布洛芬 {n}", FORBID, *examples)) for n in range(1, 4)))
        address = reverse("inference:check", args=[proposal.pk, "examples"])
        site.get(address)
        with CaptureQueriesContext(connection) as counted:
            site.get(address)
        return len(counted)

    assert queries(1) == queries(5)


def test_an_answer_about_something_else_is_said_to_be_old(site: Client, expert: User) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    run_checks(proposal_id=proposal.pk)
    Check.objects.filter(name=CheckName.EXAMPLES).update(state=CheckState.FAILED)
    assert site.get(reverse("inference:check", args=[proposal.pk, "examples"])).context["differs"] is True


@pytest.mark.parametrize("address", ["/proposals/99/checks/examples/", "/proposals/1/checks/nonsense/"])
def test_a_check_there_is_not_is_not_found(site: Client, expert: User, address: str) -> None:
    proposed(expert, (1, on_query("布洛芬", FORBID)))
    assert site.get(address).status_code == 404


def test_checks_are_run_when_somebody_asks(site: Client, expert: User, enqueued: Mock) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    response = site.post(reverse("inference:run_checks", args=[proposal.pk]))
    assert response["Location"] == f"{reverse('rules:proposal', args=[proposal.pk])}?checks=asked#checks"
    enqueued.assert_called_once_with(proposal.pk, again=True)
    assert AuditEvent.objects.filter(verb="checks.asked", subject=f"proposal:{proposal.pk}").count() == 1


def test_a_proposal_that_was_decided_is_not_checked_again(site: Client, expert: User, enqueued: Mock) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    proposals.withdraw_proposal(by=expert, proposal=proposal)
    response = site.post(reverse("inference:run_checks", args=[proposal.pk]), follow=True)
    assert "no longer open" in response.text
    enqueued.assert_not_called()


def test_not_everybody_may_ask(site: Client, expert: User, enqueued: Mock) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    site.force_login(make_user())
    assert site.post(reverse("inference:run_checks", args=[proposal.pk])).status_code == 403
    enqueued.assert_not_called()


def test_asking_for_a_review_has_the_checks_run(
    expert: User, enqueued: Mock, django_capture_on_commit_callbacks: "pytest.FixtureRequest"
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    enqueued.assert_not_called()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        reviews.ask_for_review(by=expert, proposal=proposal)
    enqueued.assert_called_once_with(proposal.pk)


def test_lost_checks_are_taken_up_by_a_worker_or_a_view(site: Client, expert: User, enqueued: Mock) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    reviews.ask_for_review(by=expert, proposal=proposal)
    resume_checks()
    site.get(reverse("inference:check", args=[proposal.pk, "examples"]))
    assert [call.args for call in enqueued.call_args_list] == [(proposal.pk,), (proposal.pk,)]
    check_proposal(proposal.pk)
    resume_checks()
    assert (enqueued.call_count, proposals_due()) == (2, ())
