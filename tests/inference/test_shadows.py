"""Proposals that judge incoming pairs beside the release in force: who may, what counts, and that nobody feels it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Pair
from annotation.services.imports import import_pairs
from inference import tasks
from inference.enums import IncomingFrom
from inference.models import Shadow, ShadowItem, ShadowJudgment
from inference.pipeline.case import Case, case_to_json
from inference.pipeline.chain import Chain
from inference.selectors.shadows import shadow_standing
from inference.services.shadows import judge_incoming, judge_waiting, note_pairs, start_shadow, stop_shadow
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import AuditEvent, Proposal
from rules.services import proposals
from rules.services.exchange import propose_rules
from tests.annotation.importing import jsonl
from tests.factories import make_pair, make_user
from tests.rules.publishing import published_rules, reviewer
from tests.rules.rows import person

pytestmark = pytest.mark.django_db

IBUPROFEN = Case("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒")
PLASTER = Case("创可贴", "[邦迪]苯扎氯铵贴10片")
UNREADABLE = Case("布洛芬", " ")


def forbidding(word: str) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(f"No {word}", (condition,), Effect(EffectKind.FORBID))


@pytest.fixture
def author() -> User:
    return person("expert")


@pytest.fixture
def proposal(author: User) -> Proposal:
    published_rules(by=person("lead"), contents=[(1, forbidding("没有这种药"))])
    return propose_rules(by=author, contents=[(2, forbidding("布洛芬"))], title="Forbid ibuprofen")


@pytest.fixture
def shadow(author: User, proposal: Proposal) -> Shadow:
    return start(author, proposal)


def start(by: User, proposal: Proposal, *, days: float = 1, most: int = 100) -> Shadow:
    return start_shadow(by=by, proposal=proposal, until=timezone.now() + timedelta(days=days), most=most)


def come_in(*cases: Case) -> int:
    return judge_incoming(cases=cases, source=IncomingFrom.API)


def counts(proposal: Proposal) -> tuple[int, int, int]:
    """Same, different, failed."""
    standing = shadow_standing(Proposal.objects.get(pk=proposal.pk))
    return standing.same, standing.different, standing.failed


def test_only_differing_pairs_are_kept_and_the_others_counted(shadow: Shadow) -> None:
    come_in(IBUPROFEN, PLASTER, UNREADABLE)
    told = list(ShadowJudgment.objects.order_by("outcome").values_list("outcome", "query", "before", "after", "source"))
    assert told == [
        ("different", "布洛芬", "highly", "irrelevant", "api"),
        ("failed", "", "", "", "api"),
        ("same", "", "", "", "api"),
    ]
    assert ShadowJudgment.objects.get(outcome="different").rules == [2]
    assert counts(shadow.proposal) == (1, 1, 1)


def test_a_pair_that_comes_in_again_counts_once(shadow: Shadow) -> None:
    assert [come_in(IBUPROFEN, PLASTER), come_in(PLASTER, IBUPROFEN), come_in(IBUPROFEN, IBUPROFEN)] == [2, 0, 0]


def test_a_changed_proposal_begins_a_new_count(author: User, shadow: Shadow) -> None:
    come_in(IBUPROFEN)
    change = shadow.proposal.changes.get()
    proposals.save_change(by=author, change=change, content=forbidding("创可贴"), edition=change.edition)
    assert counts(shadow.proposal) == (0, 0, 0)
    come_in(IBUPROFEN, PLASTER)
    assert counts(shadow.proposal) == (1, 1, 0)


def test_no_more_pairs_are_counted_than_asked_for(author: User, proposal: Proposal) -> None:
    start(author, proposal, most=2)
    assert come_in(IBUPROFEN, PLASTER, UNREADABLE) == 2
    assert come_in(Case("感冒", "感冒灵")) == 0


def test_a_proposal_that_is_overtaken_waits(shadow: Shadow) -> None:
    published_rules(by=person("another lead"), contents=[(3, forbidding("别的"))])
    assert come_in(IBUPROFEN) == 0
    assert shadow_standing(shadow.proposal).stale


@pytest.mark.parametrize("ending", ["until", "stop", "withdraw"])
def test_after_its_end_nothing_is_judged(author: User, shadow: Shadow, ending: str) -> None:
    if ending == "until":
        Shadow.objects.update(until=timezone.now())
    elif ending == "stop":
        stop_shadow(by=author, proposal=shadow.proposal)
    else:
        proposals.withdraw_proposal(by=author, proposal=shadow.proposal)
    assert come_in(IBUPROFEN) == 0
    assert not note_pairs(pair_ids=[make_pair().pk])


def test_two_proposals_count_each_for_itself(author: User, shadow: Shadow) -> None:
    other = propose_rules(by=author, contents=[(2, forbidding("创可贴"))], title="Forbid plasters")
    start(author, other)
    come_in(IBUPROFEN)
    assert [counts(one) for one in (shadow.proposal, other)] == [(0, 1, 0), (1, 0, 0)]


@pytest.mark.parametrize("may", [["rules.change_proposal"], ["rules.publish_release"], []])
def test_who_neither_wrote_in_it_nor_reviews_may_not_switch_it(shadow: Shadow, may: list[str]) -> None:
    with pytest.raises(PermissionDenied):
        start(make_user(*may), shadow.proposal)
    with pytest.raises(PermissionDenied):
        stop_shadow(by=make_user(*may), proposal=shadow.proposal)


def test_a_reviewer_may_switch_it(proposal: Proposal) -> None:
    start(reviewer(), proposal)
    stop_shadow(by=reviewer(), proposal=proposal)


@pytest.mark.parametrize(("days", "most"), [(-1, 100), (1000, 100), (1, 0), (1, 10**9)])
def test_bounds_are_kept(author: User, proposal: Proposal, days: float, most: int) -> None:
    with pytest.raises(ValidationError):
        start(author, proposal, days=days, most=most)


def test_it_is_switched_on_once_and_again_after_its_end(author: User, shadow: Shadow) -> None:
    with pytest.raises(ValidationError, match="already"):
        start(author, shadow.proposal)
    Shadow.objects.update(until=timezone.now())
    assert start(author, shadow.proposal).pk != shadow.pk


def test_both_switches_are_in_the_audit_trail(author: User, shadow: Shadow) -> None:
    stop_shadow(by=author, proposal=shadow.proposal)
    events = AuditEvent.objects.filter(verb__startswith="shadow.").order_by("sequence")
    told = [(one.verb, one.actor, one.subject, one.data.get("most")) for one in events]
    subject = f"proposal:{shadow.proposal_id}"
    assert told == [("shadow.started", author, subject, 100), ("shadow.stopped", author, subject, None)]


def imported(folder: Path) -> None:
    rows = [{"pair_id": f"q{n}", "query": one.query, "title": one.title} for n, one in enumerate((IBUPROFEN, PLASTER))]
    import_pairs(path=jsonl(folder, *rows))


def test_imported_pairs_are_judged_once_a_worker_comes(
    tmp_path: Path, shadow: Shadow, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path)
    assert ShadowItem.objects.count() == 2
    assert not judge_waiting()
    assert counts(shadow.proposal) == (1, 1, 0)
    assert not ShadowItem.objects.exists()


def test_pairs_that_were_known_come_in_too(
    tmp_path: Path, proposal: Proposal, author: User, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path)
    assert not ShadowItem.objects.exists()
    start(author, proposal)
    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path)
    judge_waiting()
    assert counts(proposal) == (1, 1, 0)
    assert Pair.objects.count() == 2


def test_a_worker_that_died_leaves_nothing_counted_twice(shadow: Shadow) -> None:
    note_pairs(pair_ids=[make_pair().pk])
    judge_waiting()
    note_pairs(pair_ids=Pair.objects.values_list("pk", flat=True))
    judge_waiting()
    assert ShadowJudgment.objects.count() == 1


def test_a_lost_database_is_no_failed_pair(shadow: Shadow, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(chain: Chain, case: Case) -> None:
        raise OperationalError("database is locked")

    note_pairs(pair_ids=[make_pair(IBUPROFEN.query, IBUPROFEN.title).pk])
    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(Chain, "understand", lost)
        judge_waiting()
    assert (ShadowItem.objects.count(), ShadowJudgment.objects.count()) == (1, 0)


def test_the_task_judges_what_the_api_was_asked(shadow: Shadow) -> None:
    tasks.shadow_case(case_to_json(IBUPROFEN))
    assert counts(shadow.proposal) == (0, 1, 0)


def test_a_queue_that_is_down_hurts_nobody(shadow: Shadow, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app.amqp, "send_task_message", down)
    tasks.offer_to_shadows(IBUPROFEN)
    assert "could not be offered" in caplog.text


def test_without_a_shadow_nothing_is_enqueued(proposal: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(tasks.shadow_case, "apply_async", lambda *args, **kwargs: sent.append(args))
    tasks.offer_to_shadows(IBUPROFEN)
    assert not sent


def page(client: Client, proposal: Proposal, **headers: str) -> str:
    response = client.get(reverse("inference:shadow", args=[proposal.pk]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_what_would_have_changed(client: Client, author: User, shadow: Shadow) -> None:
    client.force_login(author)
    come_in(IBUPROFEN, PLASTER)
    text = page(client, shadow.proposal)
    assert "1 would have another level" in text
    assert "of 2 pairs that came in" in text
    assert IBUPROFEN.title in text
    assert PLASTER.title not in text
    assert "<html" not in page(client, shadow.proposal, **{"HX-Request": "true"})


def test_before_it_is_switched_on_the_page_says_what_it_is(client: Client, author: User, proposal: Proposal) -> None:
    client.force_login(author)
    assert "Switch it on" in page(client, proposal)
    address = reverse("inference:shadow", args=[proposal.pk])
    assert address in client.get(reverse("rules:proposal", args=[proposal.pk])).content.decode()
    client.force_login(person("annotator"))
    assert "Its authors and reviewers can" in page(client, proposal)


def test_the_page_switches_it_on_and_off(client: Client, author: User, proposal: Proposal) -> None:
    client.force_login(author)
    said = {"until": f"{timezone.localdate() + timedelta(days=3)}", "most": "50"}
    client.post(reverse("inference:start_shadow", args=[proposal.pk]), said)
    one = Shadow.objects.get()
    assert (one.most, timezone.localdate(one.until)) == (50, timezone.localdate() + timedelta(days=4))
    assert "No pair came in since" in page(client, proposal)
    client.post(reverse("inference:stop_shadow", args=[proposal.pk]))
    assert Shadow.objects.get().ended_at is not None


@pytest.mark.parametrize("said", [{}, {"until": "2020-01-01", "most": "5"}, {"until": "9999-12-31", "most": "5"}])
def test_the_page_refuses_what_makes_no_sense(client: Client, author: User, proposal: Proposal, said: dict) -> None:
    client.force_login(author)
    response = client.post(reverse("inference:start_shadow", args=[proposal.pk]), said, follow=True)
    assert "notice-error" in response.content.decode()
    assert not Shadow.objects.exists()


def test_the_page_costs_the_same_for_few_rows_and_many(
    client: Client, author: User, shadow: Shadow, django_assert_max_num_queries: Callable
) -> None:
    client.force_login(author)
    come_in(*(Case("布洛芬", f"布洛芬片{n}片") for n in range(30)))
    with django_assert_max_num_queries(20):
        text = page(client, shadow.proposal)
    assert "Page 1 of 3" in text
