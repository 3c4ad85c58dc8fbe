"""Whatever people do in whatever order: never more labels than the overlap, one a person and pair, none lost."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotation.enums import AssignmentState, LabelKind, QueuedState
from annotation.models import AsideLabel, Assignment, BenchmarkPair, Label, QueuedPair
from annotation.services.assigning import go_back, keep, take_next
from annotation.services.labels import skip, submit_label
from tests.annotation.labelling import make_annotator, make_labelling

PEOPLE, PAIRS = 4, 4
LEVELS = ("highly", "moderately", "weakly", "irrelevant")
people, levels, picks = st.integers(0, PEOPLE - 1), st.sampled_from(LEVELS), st.integers(0, 99)
KEPT = {"late", "doubled", "settled"}


class People(RuleBasedStateMachine):
    """Several people at a small queue. `sent`: every answer, with what was said of it when it was sent first."""

    sent: dict[UUID, tuple[int, str, str, int]]

    @initialize(overlap=st.integers(1, 3))
    def begin(self, overlap: int) -> None:
        self.benchmark = make_labelling(PAIRS, overlap=overlap, gold={0: "highly"}, gold_share=0.3).benchmark
        self.people = [make_annotator() for _person in range(PEOPLE)]
        self.sent = {}

    @rule(person=people)
    def take(self, person: int) -> None:
        take_next(by=self.people[person], benchmark=self.benchmark)

    @rule(person=people)
    def take_further(self, person: int) -> None:
        take_next(by=self.people[person], benchmark=self.benchmark, further=True)

    @rule(person=people, pick=picks, level=levels)
    def answer(self, person: int, pick: int, level: str) -> None:
        if assignment := self._any(self.people[person], pick):
            name = uuid4()
            came = submit_label(by=self.people[person], assignment_id=assignment, level=level, submission=name)
            self.sent[name] = (assignment, level, str(came.outcome.value), person)

    @rule(pick=picks, level=levels)
    def send_again(self, pick: int, level: str) -> None:
        if not self.sent:
            return
        name = sorted(self.sent)[pick % len(self.sent)]
        assignment, _level, outcome, person = self.sent[name]
        came = submit_label(by=self.people[person], assignment_id=assignment, level=level, submission=name)
        assert came.outcome == ("again" if outcome == "stored" else outcome)

    @rule(person=people, pick=picks)
    def pass_over(self, person: int, pick: int) -> None:
        if assignment := self._any(self.people[person], pick):
            try:
                skip(by=self.people[person], assignment_id=assignment, reason="other")
            except ValidationError as refusal:
                assert refusal.code == "answered"

    @rule(person=people)
    def think_again(self, person: int) -> None:
        go_back(by=self.people[person], benchmark=self.benchmark)

    @rule(person=people, pick=picks)
    def give_a_sign(self, person: int, pick: int) -> None:
        if assignment := self._any(self.people[person], pick):
            try:
                keep(by=self.people[person], assignment_id=assignment)
            except ValidationError as refusal:
                assert refusal.code in {"lost", "answered"}

    @rule()
    def time_goes_by(self) -> None:
        Assignment.objects.filter(state=AssignmentState.HELD).update(until=timezone.now() - timedelta(seconds=1))

    @invariant()
    def pairs_are_counted_right(self) -> None:
        for pair in QueuedPair.objects.filter(benchmark=self.benchmark, gold=""):
            mine = Assignment.objects.filter(queued=pair)
            counts = mine.filter(slot__isnull=False).count(), mine.filter(label__isnull=False).count()
            assert counts == (pair.taken, pair.done)
            assert pair.done <= pair.taken <= pair.overlap
            assert (pair.state == QueuedState.OPEN) == (pair.done < pair.overlap)
            if pair.state == QueuedState.SETTLED:
                assert BenchmarkPair.objects.get(pair=pair.pair_id).label_id == pair.settled_id

    @invariant()
    def no_answer_is_lost(self) -> None:
        stored = {name: one for name, one in self.sent.items() if one[2] == "stored"}
        labels = Label.objects.filter(benchmark=self.benchmark, kind=LabelKind.PERSON)
        assert dict(labels.values_list("submission", "level")) == {name: one[1] for name, one in stored.items()}
        aside = AsideLabel.objects.filter(assignment__queued__benchmark=self.benchmark)
        assert dict(aside.values_list("submission", "reason")) == {
            name: one[2] for name, one in self.sent.items() if one[2] in KEPT
        }

    @invariant()
    def the_last_answer_of_a_person_counts(self) -> None:
        last = {one[0]: name for name, one in self.sent.items() if one[2] == "stored"}
        counting = Assignment.objects.filter(queued__benchmark=self.benchmark, label__isnull=False)
        assert dict(counting.values_list("pk", "label__submission")) == last

    def _any(self, person: User, pick: int) -> int | None:
        """One of the pairs that a person ever had."""
        mine = list(Assignment.objects.filter(person=person, queued__benchmark=self.benchmark).order_by("pk"))
        return mine[pick % len(mine)].pk if mine else None


class TestPeople(TestCase):
    """Runs the machine, each example in a transaction of its own."""

    def test_whatever_people_do(self) -> None:
        run_state_machine_as_test(
            People,
            settings=settings(
                max_examples=max(4, settings().max_examples // 5),
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
