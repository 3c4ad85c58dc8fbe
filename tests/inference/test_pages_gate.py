"""The page of what a benchmark must show, and the words on others."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from inference.models import GatePolicy
from inference.tasks import check_proposal
from rules.services import reviews
from tests.factories import make_benchmark, make_user
from tests.inference.test_proposal_checks import FORBID, ISATIS, on_query, proposed
from tests.rules.rows import person

pytestmark = pytest.mark.django_db

TYPED = {"hold_critical": "on", "most_broken": "", "class_fall": "2", "touched_fall": "10", "fewest_touched": "5"}


@pytest.fixture
def site(client: Client) -> Client:
    client.force_login(make_user("inference.set_gate"))
    return client


def test_the_page_says_what_holds_and_what_it_takes(site: Client) -> None:
    page = site.get(reverse("inference:gate")).content.decode()
    wanted = [
        "No class falls by more than 5 points",
        "at least 72 labelled pairs of each class",
        "and 36 that",
        "<form",
    ]
    assert [words for words in wanted if words not in page] == []


def test_who_may_not_set_it_reads_it(client: Client) -> None:
    client.force_login(make_user())
    assert "Set it" not in client.get(reverse("inference:gate")).content.decode()
    assert client.post(reverse("inference:gate"), TYPED).status_code == 403


def test_setting_it_shows_in_the_history(site: Client) -> None:
    assert site.post(reverse("inference:gate"), TYPED)["Location"] == reverse("inference:gate")
    page = site.get(reverse("inference:gate")).content.decode()
    assert (GatePolicy.objects.get().class_fall, page.count("No class falls by more than 2 points")) == (2, 2)


@pytest.mark.parametrize("wrong", [{"class_fall": "0"}, {"touched_fall": "x"}, {"most_broken": "-1"}])
def test_what_cannot_be_is_shown_again(site: Client, wrong: dict[str, str]) -> None:
    response = site.post(reverse("inference:gate"), {**TYPED, **wrong})
    assert (response.status_code, GatePolicy.objects.count()) == (422, 0)
    assert "errorlist" in response.content.decode()


def test_setting_it_has_the_check_run_again(
    site: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: "pytest.FixtureRequest"
) -> None:
    queue = Mock()
    monkeypatch.setattr(check_proposal, "delay", queue)
    expert: User = person("expert")
    proposal = proposed(expert, (1, on_query("板蓝根", FORBID)))
    reviews.ask_for_review(by=expert, proposal=proposal)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        site.post(reverse("inference:gate"), TYPED)
    queue.assert_called_once_with(proposal.pk)


def test_a_proposal_says_what_the_gate_answers(site: Client) -> None:
    make_benchmark(ISATIS)
    proposal = proposed(person("expert"), (1, on_query("板蓝根", FORBID)))
    page = site.get(reverse("inference:proposal_effects", args=[proposal.pk])).content.decode()
    wanted = "About 57 more labelled pairs that it touches would settle it."
    assert (wanted in page, "Touches 1 of 1 pairs" in page) == (True, False)
