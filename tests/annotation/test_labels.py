"""What becomes of labels that people send."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from annotation.enums import AssignmentState, QueuedState
from annotation.models import AsideLabel, Assignment, BenchmarkPair, Label, QueuedPair
from annotation.services.assigning import go_back, keep, take_next
from annotation.services.labels import flag, skip, submit_label
from annotation.services.votes import store_votes
from rules.models import AuditEvent
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def standing(benchmark):
    """Every pair of a queue: state, taken, done."""
    return list(QueuedPair.objects.filter(benchmark=benchmark).order_by("place").values_list("state", "taken", "done"))


def expire(assignment_id):
    """Let a lease end."""
    Assignment.objects.filter(pk=assignment_id).update(until=timezone.now() - timedelta(seconds=1))


def test_a_label_of_the_only_person_settles_its_pair() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    assert label_next(person, benchmark, "weakly").outcome == "stored"
    assert standing(benchmark) == [("settled", 1, 1)]
    assert BenchmarkPair.objects.get(benchmark=benchmark).label.level == "weakly"
    assert list(Label.objects.filter(benchmark=benchmark).values_list("kind", "created_by")) == [
        ("person", person.pk),
        ("agreed", None),
    ]


def test_the_same_submission_is_stored_once() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    offer, submission = take_next(by=person, benchmark=benchmark), uuid4()
    sent = [
        submit_label(by=person, assignment_id=offer.assignment.pk, level="highly", submission=submission)
        for _time in range(2)
    ]
    assert [one.outcome for one in sent] == ["stored", "again"]
    assert Label.objects.filter(benchmark=benchmark, kind="person").count() == 1


def test_a_second_answer_is_kept_aside() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    offer = take_next(by=person, benchmark=benchmark)
    answers = [("highly", uuid4()), ("weakly", uuid4())]
    sent = [
        submit_label(by=person, assignment_id=offer.assignment.pk, level=level, submission=submission).outcome
        for level, submission in [*answers, answers[1]]
    ]
    assert sent == ["stored", "doubled", "doubled"]
    assert list(AsideLabel.objects.values_list("level", "reason")) == [("weakly", "doubled")]
    assert BenchmarkPair.objects.get(benchmark=benchmark).label.level == "highly"


def test_a_submission_names_one_answer() -> None:
    benchmark, person = make_labelling(2).benchmark, make_annotator()
    submission = uuid4()
    for _time in range(2):
        offer = take_next(by=person, benchmark=benchmark)
        last = offer.assignment.pk
        if not Label.objects.filter(submission=submission).exists():
            submit_label(by=person, assignment_id=last, level="highly", submission=submission)
    with pytest.raises(ValidationError) as refusal:
        submit_label(by=person, assignment_id=last, level="highly", submission=submission)
    assert refusal.value.code == "submission"


def test_two_people_who_agree_in_class_settle_and_others_do_not() -> None:
    benchmark, people = make_labelling(3, overlap=2).benchmark, [make_annotator(), make_annotator()]
    for levels in (("highly", "highly"), ("moderately", "weakly"), ("highly", "weakly")):
        for person, level in zip(people, levels, strict=True):
            label_next(person, benchmark, level)
    assert standing(benchmark) == [("settled", 2, 2), ("settled", 2, 2), ("conflict", 2, 2)]
    counting = BenchmarkPair.objects.filter(benchmark=benchmark).order_by("pair")
    assert [one.label.level for one in counting] == ["highly", "weakly"]
    assert counting[1].label.votes == ["moderately", "weakly"]


def test_a_pair_is_given_to_nobody_beyond_its_overlap() -> None:
    benchmark = make_labelling(1).benchmark
    assert take_next(by=make_annotator(), benchmark=benchmark)
    assert take_next(by=make_annotator(), benchmark=benchmark) is None


def test_nobody_labels_a_pair_twice() -> None:
    benchmark, person = make_labelling(1, overlap=2).benchmark, make_annotator()
    label_next(person, benchmark)
    assert take_next(by=person, benchmark=benchmark) is None


def test_what_somebody_holds_is_offered_again() -> None:
    benchmark, person = make_labelling(2).benchmark, make_annotator()
    first, again = (take_next(by=person, benchmark=benchmark) for _time in range(2))
    assert first.assignment == again.assignment


def test_an_expired_pair_goes_to_who_needs_one_and_the_late_label_aside() -> None:
    benchmark, slow, quick = make_labelling(1).benchmark, make_annotator(), make_annotator()
    held = take_next(by=slow, benchmark=benchmark).assignment.pk
    expire(held)
    taken = take_next(by=quick, benchmark=benchmark)
    with pytest.raises(ValidationError) as refusal:
        keep(by=slow, assignment_id=held)
    late = submit_label(by=slow, assignment_id=held, level="weakly", submission=uuid4())
    submit_label(by=quick, assignment_id=taken.assignment.pk, level="highly", submission=uuid4())
    after = submit_label(by=slow, assignment_id=held, level="weakly", submission=uuid4())
    assert (refusal.value.code, late.outcome, after.outcome) == ("lost", "late", "settled")
    assert standing(benchmark) == [("settled", 1, 1)]
    assert BenchmarkPair.objects.get(benchmark=benchmark).label.level == "highly"


def test_a_late_label_whose_slot_nobody_took_counts() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    held = take_next(by=person, benchmark=benchmark).assignment.pk
    expire(held)
    assert submit_label(by=person, assignment_id=held, level="weakly", submission=uuid4()).outcome == "stored"


def test_a_heartbeat_keeps_a_pair() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    held = take_next(by=person, benchmark=benchmark).assignment.pk
    expire(held)
    assert keep(by=person, assignment_id=held).until > timezone.now()
    assert take_next(by=make_annotator(), benchmark=benchmark) is None


def test_a_skipped_pair_goes_to_somebody_else() -> None:
    benchmark, person, other = make_labelling(1).benchmark, make_annotator(), make_annotator()
    held = take_next(by=person, benchmark=benchmark).assignment.pk
    for _time in range(2):
        skipped = skip(by=person, assignment_id=held, reason="unclear", note="?", submission=uuid4())
        assert (skipped.state, skipped.skipped, skipped.note) == (AssignmentState.SKIPPED, "unclear", "?")
    assert standing(benchmark) == [("open", 0, 0)]
    assert take_next(by=person, benchmark=benchmark) is None
    assert label_next(other, benchmark).outcome == "stored"


def test_a_flag_changes_nothing_else() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    held = take_next(by=person, benchmark=benchmark).assignment.pk
    flagged = flag(by=person, assignment_id=held, note="two products in one title")
    assert flagged.flagged_at and flagged.state == AssignmentState.HELD
    assert label_next(person, benchmark).assignment.pk == held


def test_a_flag_that_says_nothing_new_is_one_flag() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    held = take_next(by=person, benchmark=benchmark).assignment.pk
    for note in ("odd", "odd", "", "odder", " odder\r\n"):
        flag(by=person, assignment_id=held, note=note)
    told = AuditEvent.objects.filter(verb="pair.flagged").order_by("pk")
    assert [one.data["note"] for one in told] == ["odd", "odder"]
    assert Assignment.objects.get().note == "odder"


def test_a_change_of_mind_counts_until_the_pair_is_complete() -> None:
    benchmark, person, other = make_labelling(2, overlap=2).benchmark, make_annotator(), make_annotator()
    first = label_next(person, benchmark, "highly").assignment
    back = go_back(by=person, benchmark=benchmark)
    assert (back.assignment, back.answered) == (first, "highly")
    changed = submit_label(by=person, assignment_id=first.pk, level="weakly", submission=uuid4())
    assert changed.outcome == "stored"
    label_next(other, benchmark, "weakly")
    assert standing(benchmark)[0] == ("settled", 2, 2)
    assert BenchmarkPair.objects.get(benchmark=benchmark).label.votes == ["weakly", "weakly"]
    assert go_back(by=person, benchmark=benchmark) is None


def test_a_change_of_mind_that_comes_after_the_last_label_is_kept_aside() -> None:
    benchmark, person, other = make_labelling(1, overlap=2).benchmark, make_annotator(), make_annotator()
    first = label_next(person, benchmark, "highly").assignment
    go_back(by=person, benchmark=benchmark)
    label_next(other, benchmark, "highly")
    sent = submit_label(by=person, assignment_id=first.pk, level="weakly", submission=uuid4())
    assert sent.outcome == "settled"
    assert Assignment.objects.get(pk=first.pk).state == AssignmentState.DONE


def test_the_only_person_of_a_pair_may_change_their_mind() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    label_next(person, benchmark, "highly")
    back = go_back(by=person, benchmark=benchmark)
    submit_label(by=person, assignment_id=back.assignment.pk, level="weakly", submission=uuid4())
    assert BenchmarkPair.objects.get(benchmark=benchmark).label.level == "weakly"
    assert standing(benchmark) == [("settled", 1, 1)]


def test_gold_counts_for_the_annotator_and_not_for_the_benchmark() -> None:
    benchmark, person = make_labelling(2, gold={0: "highly"}, gold_share=1.0).benchmark, make_annotator()
    label_next(person, benchmark, "weakly")
    person_row = benchmark.annotators.get(person=person)
    assert (person_row.labels, person_row.gold_seen, person_row.gold_right) == (1, 1, 0)
    assert standing(benchmark) == [("open", 0, 0), ("open", 0, 0)]
    assert not BenchmarkPair.objects.filter(benchmark=benchmark).exists()


def test_votes_leave_only_after_the_answer_and_say_how_many_people_a_pair_gets() -> None:
    labelling = make_labelling(2, overlap=2, follows_votes=True, shows_votes=True, audit_share=0.0)
    benchmark, lead = labelling.benchmark, make_user(*LEAD)
    same, split = QueuedPair.objects.filter(benchmark=benchmark).order_by("place")
    for source, level in (("one@1", "highly"), ("two@1", "irrelevant")):
        store_votes(by=lead, benchmark=benchmark, source=source, levels={same.pair_id: "highly", split.pair_id: level})
    rows = QueuedPair.objects.filter(benchmark=benchmark).order_by("place")
    assert list(rows.values_list("overlap", "wants_expert")) == [(1, False), (3, True)]
    person = make_annotator()
    sent = [label_next(person, benchmark) for _time in range(2)]
    assert [[vote.level for vote in one.votes] for one in sent] == [["highly"] * 2, ["highly", "irrelevant"]]
    for other in (make_annotator(), make_annotator()):
        label_next(other, benchmark)
    assert standing(benchmark) == [("settled", 1, 1), (QueuedState.CONFLICT, 3, 3)]


def test_only_annotators_label() -> None:
    with pytest.raises(PermissionDenied):
        take_next(by=make_user(), benchmark=make_labelling(1).benchmark)


def test_nobody_labels_the_pair_of_somebody_else() -> None:
    benchmark = make_labelling(1).benchmark
    held = take_next(by=make_annotator(), benchmark=benchmark).assignment.pk
    with pytest.raises(Assignment.DoesNotExist):
        submit_label(by=make_annotator(), assignment_id=held, level="highly", submission=uuid4())


def test_a_page_may_hold_further_pairs() -> None:
    benchmark, person = make_labelling(2).benchmark, make_annotator()
    first = take_next(by=person, benchmark=benchmark)
    further = take_next(by=person, benchmark=benchmark, further=True)
    assert further.assignment != first.assignment
    assert take_next(by=person, benchmark=benchmark).assignment == first.assignment
    assert take_next(by=person, benchmark=benchmark, further=True) is None


def test_a_pair_that_was_lost_may_come_back() -> None:
    benchmark, slow, other = make_labelling(1).benchmark, make_annotator(), make_annotator()
    held = take_next(by=slow, benchmark=benchmark).assignment
    expire(held.pk)
    taken = take_next(by=other, benchmark=benchmark).assignment
    skip(by=other, assignment_id=taken.pk, reason="other")
    assert take_next(by=slow, benchmark=benchmark).assignment == held
    assert label_next(slow, benchmark).outcome == "stored"
    assert standing(benchmark) == [("settled", 1, 1)]
