"""The failed pairs of a run are asked again, alone, once, in a run of their own."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotation.models import Benchmark, BenchmarkPair
from inference.enums import RunState
from inference.models import Comparison, Judgment, Run
from inference.services.asking_again import ask_failed_again
from inference.services.comparing import compare_with_baseline
from inference.services.documents import add_passage
from inference.services.judging import judge_all
from inference.services.runs import UnderWayError, cancel_run, insert_run, launch_run
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import AuditEvent
from rules.services.tokens import create_token
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Call, FirstThen, Reply

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(12)]
HIGHLY = Reply('{"mismatched": [], "rules": [], "level": "highly", "reason": "said"}')
NONSENSE = Reply("no idea")
Served = tuple[Run, Any]
FORBID = RuleContent(
    "No ibuprofen", (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),), Effect(EffectKind.FORBID)
)


@pytest.fixture
def user() -> User:
    return make_user("inference.launch_run")


@pytest.fixture
def served(scripted_model: Callable[..., Any]) -> Served:
    """A run in which the model failed on two pairs, and its server, which answers everything since."""
    state = {"broken": True}

    def script(call: Call) -> Reply:
        return NONSENSE if state["broken"] and any(f"片{n}片" in call.prompt for n in (3, 7)) else HIGHLY

    server = scripted_model(script)
    config = make_model_config(server.address, canaries=2)
    first = judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), config=config))
    state["broken"] = False
    return first, server


def outcome(run: Run) -> Mapping[tuple[str, bool], int]:
    """How many judgments of a run failed how, and how many of them were taken over."""
    return Counter(run.judgments.values_list("failure", "reused"))


def test_only_the_failed_ones_are_asked(served: Served, user: User) -> None:
    first, server = served
    asked = server.calls
    again = judge_all(run=ask_failed_again(by=user, run=first))
    assert outcome(first) == {("", False): 10, ("reply_not_json", False): 2}
    assert outcome(again) == {("", True): 10, ("", False): 2}
    assert server.calls == asked + 2


def test_it_has_the_pairs_and_pins_of_the_first(served: Served, user: User) -> None:
    first, _server = served
    BenchmarkPair.objects.filter(benchmark=first.benchmark).first().delete()  # type: ignore[union-attr]
    again = ask_failed_again(by=user, run=first)
    pins = ("config", "release", "benchmark", "knowledge", "entries_upto", "context", "total")
    assert [getattr(again, name) for name in pins] == [getattr(first, name) for name in pins]
    assert (again.baseline, again.again_of, again.created_by, again.full) == (first, first, user, False)


def test_the_rules_are_those_of_the_day_of_the_first(scripted_model: Callable[..., Any], user: User) -> None:
    config = make_model_config(scripted_model(FirstThen((NONSENSE, HIGHLY))).address)
    release = make_release(replace(FORBID, valid_from=timezone.localdate()))
    first = launch_run(by=None, release=release, benchmark=make_benchmark(*ROWS[:2]), config=config)
    Run.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert outcome(judge_all(run=first)) == {("reply_not_json", False): 2}
    again = judge_all(run=ask_failed_again(by=user, run=first))
    assert list(again.judgments.values_list("level", flat=True)) == ["highly", "highly"]


def test_after_documents_changed_nothing_is_asked_again(served: Served, user: User) -> None:
    first, _server = served
    librarian = make_user("inference.import_documents")
    add_passage(by=librarian, title="布洛芬", text="布洛芬缓解疼痛。", source="leaflet")
    with pytest.raises(ValidationError, match="documents"):
        ask_failed_again(by=user, run=first)
    assert not Run.objects.filter(again_of=first).exists()


def test_both_are_compared_when_it_finishes(served: Served, user: User) -> None:
    first, _server = served
    again = judge_all(run=ask_failed_again(by=user, run=first))
    compare_with_baseline(run=again)
    assert (Comparison.objects.get().before, Comparison.objects.get().after) == (first, again)


def test_a_second_click_gets_the_same_run(served: Served, user: User) -> None:
    first, _server = served
    runs = {ask_failed_again(by=user, run=first).pk for _click in range(2)}
    assert (len(runs), AuditEvent.objects.filter(verb="run.asked_again").count()) == (1, 1)


def test_of_two_clicks_at_one_moment_the_database_takes_one(served: Served, user: User) -> None:
    first, _server = served
    again = ask_failed_again(by=user, run=first)
    twin = Run(config=first.config, release=first.release, again_of=first, knowledge=first.knowledge)
    with pytest.raises(UnderWayError):
        insert_run(run=twin)
    assert list(first.asked_again.all()) == [again]


def test_it_stays_the_same_run_once_it_has_finished(served: Served, user: User) -> None:
    first, _server = served
    again = judge_all(run=ask_failed_again(by=user, run=first))
    assert ask_failed_again(by=user, run=first) == again


def test_one_that_was_cancelled_can_be_asked_for_anew(served: Served, user: User) -> None:
    first, _server = served
    cancelled = cancel_run(by=None, run=ask_failed_again(by=user, run=first))
    assert ask_failed_again(by=user, run=first) != cancelled


def test_the_audit_trail_says_who_asked_for_what(served: Served, user: User) -> None:
    first, _server = served
    again = ask_failed_again(by=user, run=first)
    event = AuditEvent.objects.get(verb="run.asked_again")
    assert (event.actor, event.subject, event.data["of"], event.data["n"]) == (user, f"run:{again.pk}", first.pk, 2)


def test_who_may_not_launch_may_not_ask_again(served: Served) -> None:
    with pytest.raises(PermissionDenied):
        ask_failed_again(by=make_user(), run=served[0])
    assert Run.objects.count() == 1


def test_without_failed_ones_there_is_nothing_to_ask(served: Served, user: User) -> None:
    again = judge_all(run=ask_failed_again(by=user, run=served[0]))
    with pytest.raises(ValidationError, match="No pair"):
        ask_failed_again(by=user, run=again)


def test_texts_that_cannot_be_judged_are_not_asked_again(user: User) -> None:
    empty = judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark((" ", "药", "highly"))))
    assert outcome(empty) == {("empty_query", False): 1}
    with pytest.raises(ValidationError, match="No pair"):
        ask_failed_again(by=user, run=empty)


def test_a_run_under_way_is_refused(served: Served, user: User) -> None:
    first, _server = served
    Run.objects.filter(pk=first.pk).update(state=RunState.RUNNING)
    with pytest.raises(ValidationError, match="has finished"):
        ask_failed_again(by=user, run=first)


def test_other_knowledge_is_refused(served: Served, user: User) -> None:
    first, _server = served
    Run.objects.filter(pk=first.pk).update(knowledge="of another day")
    with pytest.raises(ValidationError, match="knowledge"):
        ask_failed_again(by=user, run=first)


def test_the_same_run_under_way_for_another_reason_comes_first(served: Served, user: User) -> None:
    first, _server = served
    assert first.benchmark is not None
    other = launch_run(by=user, release=first.release, benchmark=first.benchmark, config=first.config)
    with pytest.raises(UnderWayError) as caught:
        ask_failed_again(by=user, run=first)
    assert caught.value.run == other


def test_the_button_leads_to_the_run_and_becomes_a_link(served: Served, user: User, client: Client) -> None:
    first, _server = served
    client.force_login(user)
    page = reverse("inference:run", args=[first.pk])
    assert "Ask 2 failed pairs again" in client.get(page).content.decode()
    response = client.post(reverse("inference:ask_again", args=[first.pk]))
    again = Run.objects.latest("pk")
    assert response.headers["Location"] == reverse("inference:run", args=[again.pk])
    assert f"Failed ones asked again in run {again.pk}" in client.get(page).content.decode()


def test_the_page_says_why_not(served: Served, user: User, client: Client) -> None:
    first, _server = served
    Run.objects.filter(pk=first.pk).update(knowledge="of another day")
    client.force_login(user)
    response = client.post(reverse("inference:ask_again", args=[first.pk]), follow=True)
    assert "is not in use any more" in response.content.decode()


def test_a_program_asks_again(served: Served, user: User) -> None:
    cache.clear()
    first, _server = served
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(by=user, days=1).token}")
    said = program.post(f"/api/v1/runs/{first.pk}/ask-again/").json()
    judge_all(run=Run.objects.get(pk=said["id"]))
    after = program.get(f"/api/v1/runs/{said['id']}/").json()
    assert (said["again_of"], said["state"], said["judged"], said["calls"]) == (first.pk, "running", 0, None)
    assert (after["state"], after["judged"], after["taken_over"], after["failed"]) == ("finished", 12, 10, 0)
    assert (after["calls"]["calls"], after["calls"]["failed"]) == (2, 0)


def test_a_program_that_may_not_is_refused(served: Served) -> None:
    cache.clear()
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(by=make_user(), days=1).token}")
    assert program.post(f"/api/v1/runs/{served[0].pk}/ask-again/").status_code == 403
    assert not Judgment.objects.exclude(run=served[0]).exists()


def test_another_benchmark_is_not_touched(served: Served, user: User) -> None:
    other: Benchmark = make_benchmark(ROWS[0], slug="other")
    ask_failed_again(by=user, run=served[0])
    assert not Run.objects.filter(benchmark=other).exists()
