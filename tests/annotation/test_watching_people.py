"""Pausing: by the rule after a gold answer, by the lead, and going on; who is told; flags."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from annotation.models import Annotator, Assignment, Benchmark
from annotation.services.assigning import take_next
from annotation.services.watching import look_at, pause, resolve_flag, resume
from rules.models import AuditEvent, Notification
from rules.notices import sentence
from tests.annotation.conflicts import label, make_annotators, make_labelled_benchmark, make_queued, make_ruler
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def benchmark() -> Benchmark:
    return make_labelled_benchmark()


def answer_gold(benchmark: Benchmark, person: User, answers: list[bool]) -> Annotator:
    """Gold answers of a person, right or wrong."""
    for right in answers:
        label(make_queued(benchmark, gold="highly"), person, "highly" if right else "irrelevant")
    return Annotator.objects.get(benchmark=benchmark, person=person)


def state_of(annotator: Annotator) -> str:
    annotator.refresh_from_db()
    return annotator.state


def told() -> list[tuple[str, str]]:
    """Who was told of a pause, and how it reads."""
    rows = Notification.objects.filter(kind="paused").order_by("pk").select_related("recipient")
    return [(one.recipient.username, sentence(one.kind, one.params, title=one.title, person="")) for one in rows]


def test_somebody_far_off_is_paused_and_the_lead_is_told_once(benchmark: Benchmark) -> None:
    lead, person = make_user("annotation.manage_labelling", username="lead"), make_annotators(1)[0]
    annotator = answer_gold(benchmark, person, [False] * 8)
    look_at(annotator.pk)
    look_at(annotator.pk)
    assert (state_of(annotator), told()) == (
        "paused",
        [("lead", f"{person.username} was paused on the benchmark “Labelled by people”")],
    )
    event = AuditEvent.objects.get(verb="annotator.paused")
    assert (event.actor, event.data["annotator"], event.data["right"], event.data["answers"]) == (
        None,
        person.username,
        0,
        8,
    )
    assert lead.notifications.get().params["path"].startswith("/benchmarks/labelled/people/")


def test_somebody_who_errs_now_and_then_goes_on(benchmark: Benchmark) -> None:
    annotator = answer_gold(benchmark, make_annotators(1)[0], [True, True, False, True, True, True, True, False] * 4)
    assert (look_at(annotator.pk), state_of(annotator), told()) == (0, "active", [])


def test_a_paused_person_gets_no_pairs(benchmark: Benchmark) -> None:
    person = make_annotators(1)[0]
    make_queued(benchmark)
    look_at(answer_gold(benchmark, person, [False] * 8).pk)
    with pytest.raises(ValidationError) as refusal:
        take_next(by=person, benchmark=benchmark)
    assert refusal.value.code == "paused"


def test_who_is_let_go_on_begins_anew(benchmark: Benchmark) -> None:
    lead, person = make_ruler(), make_annotators(1)[0]
    annotator = answer_gold(benchmark, person, [False] * 8)
    look_at(annotator.pk)
    resume(by=lead, annotator=annotator, reason="We spoke about brands")
    look_at(annotator.pk)
    assert (state_of(annotator), annotator.reason) == ("active", "We spoke about brands")
    answer_gold(benchmark, person, [False] * 8)
    look_at(annotator.pk)
    assert (state_of(annotator), len(told())) == ("paused", 2)


def test_the_lead_pauses_with_a_reason(benchmark: Benchmark) -> None:
    lead = make_ruler()
    annotator = answer_gold(benchmark, make_annotators(1)[0], [True])
    pause(by=lead, annotator=annotator, reason=" Ask me first ")
    assert (state_of(annotator), annotator.reason, told()) == ("paused", "Ask me first", [])
    with pytest.raises(ValidationError) as refusal:
        pause(by=lead, annotator=annotator, reason="again")
    assert refusal.value.code == "stale"


def test_pausing_and_going_on_need_a_reason(benchmark: Benchmark) -> None:
    lead, annotator = make_ruler(), answer_gold(benchmark, make_annotators(1)[0], [True])
    with pytest.raises(ValidationError):
        pause(by=lead, annotator=annotator, reason=" ")
    Annotator.objects.update(state="paused")
    with pytest.raises(ValidationError):
        resume(by=lead, annotator=annotator, reason="")
    assert state_of(annotator) == "paused"


def test_nobody_lets_themself_go_on(benchmark: Benchmark) -> None:
    lead = make_ruler()
    annotator = answer_gold(benchmark, lead, [False] * 8)
    look_at(annotator.pk)
    with pytest.raises(ValidationError):
        resume(by=lead, annotator=annotator, reason="I am fine")
    assert (state_of(annotator), told()) == ("paused", [])


def test_only_who_leads_pauses_and_resolves(benchmark: Benchmark) -> None:
    person = make_annotators(1)[0]
    annotator = answer_gold(benchmark, person, [True])
    for deed in (pause, resume):
        with pytest.raises(PermissionDenied):
            deed(by=person, annotator=annotator, reason="because")
    with pytest.raises(PermissionDenied):
        resolve_flag(by=person, assignment=Assignment.objects.get())


def test_a_flag_is_resolved_once(benchmark: Benchmark) -> None:
    lead = make_ruler()
    assignment = label(make_queued(benchmark), make_annotators(1)[0], "weakly")
    Assignment.objects.update(flagged_at=timezone.now() - timedelta(hours=1), note="两个商品")
    found = [resolve_flag(by=lead, assignment=assignment, note="withdrawn") for _time in range(2)]
    assignment.refresh_from_db()
    assert (found, assignment.flagged_at, assignment.note) == ([True, False], None, "两个商品")
    event = AuditEvent.objects.get(verb="flag.resolved")
    assert (event.actor, event.data["note"]) == (lead, "withdrawn")
