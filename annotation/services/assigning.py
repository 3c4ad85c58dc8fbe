"""Giving pairs to people: the next one, with a lease that a heartbeat renews, and the last one again.

Whoever writes here locks in one order: the benchmark (only for many of its pairs), the annotator, the pair, its
assignments, and last the end of the audit trail, for which everybody waits. The slots of a pair, one assignment a person
and pair, and one a slot are constraints of the database: who breaks one begins anew.
"""

import random
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.enums import AnnotatorState, AssignmentState, QueuedState
from annotation.models import Annotator, Assignment, Benchmark, Labelling, QueuedPair
from annotation.selectors.labelling import Offer, free_pairs, not_met, offer_of
from annotation.selectors.votes import votes_shown
from annotation.services.next_pair import FREE_PAIRS, held_pairs, locked_annotator
from annotation.services.retrying import retried
from rules.services.permissions import require

PERMISSION = "annotation.label_pair"


def take_next(*, by: User | AnonymousUser, benchmark: Benchmark, further: bool = False) -> Offer | None:
    """The pair that a person holds, or else the next one for them; None where none is left.

    `further`: one more than they hold, so that they can go on while the server is not reached.
    Raises ValidationError where nothing is given out (code "closed"), or not to this person (code "paused").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    return retried(lambda: _next_offer(by, benchmark, further=further))


def keep(*, by: User | AnonymousUser, assignment_id: int) -> Assignment:
    """Renew the lease of a pair in somebody's hands.

    Raises ValidationError where they no longer hold it: another has it (code "lost"), or it is labelled or skipped
    (code "answered").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    assignment = Assignment.objects.select_related("queued__benchmark__labelling").get(pk=assignment_id, person=by)
    until = lease_of(assignment.queued.benchmark.labelling)
    if Assignment.objects.filter(pk=assignment_id, state=AssignmentState.HELD).update(until=until):
        assignment.until = until
        return assignment
    assignment.refresh_from_db(fields=["state"])
    if assignment.state == AssignmentState.LOST:
        raise ValidationError(_("Somebody else was given this pair meanwhile."), code="lost")
    raise ValidationError(_("You labelled or skipped this pair already."), code="answered")


def go_back(*, by: User | AnonymousUser, benchmark: Benchmark) -> Offer | None:
    """The last pair that a person labelled and may still change, in their hands again; None where there is none.

    Asked for again it is the one before. An answer may be changed until all labels of the pair are in; where a pair
    takes only one, until it is ruled on.
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    return retried(lambda: _previous_offer(by, benchmark))


def may_go_back(*, by: User, benchmark: Benchmark) -> bool:
    """Whether there is an answer of this person to go back to. Nothing is locked: it may change at once."""
    last = _last_answer(by, benchmark)
    return last is not None and may_change(last, last.queued)


def annotator_for(by: User, benchmark: Benchmark) -> Annotator:
    """Somebody's row on a benchmark, nobody else writing it."""
    annotator = locked_annotator.first(benchmark.pk, by.pk)
    annotator = annotator or Annotator.objects.get_or_create(benchmark=benchmark, person=by)[0]
    annotator.person, annotator.benchmark = by, benchmark
    return annotator


def lease_of(labelling: Labelling) -> datetime:
    """Until when a pair taken now is held."""
    return timezone.now() + timedelta(minutes=labelling.lease_minutes)


def free_slot(queued: QueuedPair) -> int:
    """The lowest slot of a locked pair that nobody holds."""
    held = set(Assignment.objects.filter(queued=queued, slot__isnull=False).values_list("slot", flat=True))
    return next(slot for slot in range(1, queued.overlap + 1) if slot not in held)


def may_change(assignment: Assignment, queued: QueuedPair) -> bool:
    """Whether a person may change the answer they gave: nobody else's label, and no ruling, rests on it yet.

    Nor were they shown the models' votes after it.
    """
    if assignment.saw_votes or votes_shown(queued):
        return False
    if queued.state == QueuedState.OPEN:
        return True
    alone = queued.overlap == 1 and not queued.wants_expert and queued.done == 1 and assignment.slot is not None
    return alone and queued.state == QueuedState.SETTLED and not queued.rulings.exists()


def _next_offer(by: User, benchmark: Benchmark, *, further: bool) -> Offer | None:
    annotator = annotator_for(by, benchmark)
    labelling = _labelling(benchmark)
    if labelling is None or not labelling.is_open:
        raise ValidationError(_("No pairs of this benchmark are given out at the moment."), code="closed")
    if annotator.state == AnnotatorState.PAUSED:
        raise ValidationError(_("Your labelling of this benchmark is paused."), code="paused")
    assignment = None if further else _held(annotator, labelling)
    for give in (_gold, _free) if further else (_gold, _free, _expired):
        assignment = assignment or give(annotator, labelling)
    return offer_of(assignment, annotator) if assignment else None


def _labelling(benchmark: Benchmark) -> Labelling | None:
    """How the pairs of a benchmark are given to people; asked for where it did not come with the benchmark."""
    return getattr(benchmark, "labelling", None)


def _previous_offer(by: User, benchmark: Benchmark) -> Offer | None:
    annotator = annotator_for(by, benchmark)
    labelling = _labelling(benchmark)
    last = _last_answer(by, benchmark)
    if last is None or labelling is None:
        return None
    queued = QueuedPair.objects.select_for_update().get(pk=last.queued_id)
    if not may_change(last, queued):
        return None
    until = lease_of(labelling)
    Assignment.objects.filter(pk=last.pk, state=AssignmentState.DONE).update(state=AssignmentState.HELD, until=until)
    last.state, last.until = AssignmentState.HELD, until
    return offer_of(last, annotator)


def _last_answer(by: User, benchmark: Benchmark) -> Assignment | None:
    mine = Assignment.objects.filter(person=by, queued__benchmark=benchmark, state=AssignmentState.DONE)
    return mine.select_related("queued", "label").order_by("-answered_at", "-pk").first()


def _held(annotator: Annotator, labelling: Labelling) -> Assignment | None:
    """What a person holds: first what they went back to, the oldest first. That goes back when its lease is over."""
    held = [one for one in held_pairs(annotator.person_id) if one.queued.benchmark_id == annotator.benchmark_id]
    until = lease_of(labelling)
    for assignment in sorted(held, key=_went_back_first):
        if assignment.label_id is None and assignment.queued.state != QueuedState.OPEN:
            continue
        is_answered = assignment.label_id is not None
        if is_answered and (assignment.until <= timezone.now() or not may_change(assignment, assignment.queued)):
            _still_held(assignment).update(state=AssignmentState.DONE)
        elif _still_held(assignment).update(until=until):
            assignment.until = until
            return assignment
    return None


def _went_back_first(assignment: Assignment) -> tuple[bool, datetime | None, int]:
    return assignment.answered_at is None, assignment.answered_at, assignment.pk


def _still_held(assignment: Assignment) -> QuerySet[Assignment]:
    """The row, unless it was answered or lost since it was read: nobody locked it."""
    return Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.HELD)


def _gold(annotator: Annotator, labelling: Labelling) -> Assignment | None:
    """Now and then a hidden gold pair, any of those that the person has not met."""
    if random.random() >= labelling.gold_share:  # noqa: S311
        return None
    pairs = QueuedPair.objects.filter(benchmark=labelling.benchmark_id, state=QueuedState.OPEN).exclude(gold="")
    fresh = not_met(pairs, annotator.person).order_by("place")
    start = random.getrandbits(31)
    queued = fresh.filter(place__gte=start).first() or fresh.first()
    return _assigned(annotator, queued, labelling, slot=None) if queued else None


def _free(annotator: Annotator, labelling: Labelling) -> Assignment | None:
    """The next pair with a free slot: from where the person is in the queue to its end, then once from its start.

    Last those that they had and lost, if nobody labelled them since.
    """
    for free in FREE_PAIRS:
        if queued := free.first(labelling.benchmark_id, annotator.person_id, annotator.cursor):
            return _with_a_slot(annotator, queued, labelling)
    had = not_met(free_pairs(labelling.benchmark_id), annotator.person).select_related("pair__query", "pair__product")
    lost = had.select_for_update(of=("self",), skip_locked=True).first()
    lost = lost or had.select_for_update(of=("self",)).first()
    return _with_a_slot(annotator, lost, labelling, had=True) if lost else None


def _with_a_slot(annotator: Annotator, queued: QueuedPair, labelling: Labelling, *, had: bool = False) -> Assignment:
    """A locked pair with a free slot, put into somebody's hands; they go on from there."""
    slot = free_slot(queued) if queued.taken else 1
    QueuedPair.objects.filter(pk=queued.pk).update(taken=queued.taken + 1)
    Annotator.objects.filter(pk=annotator.pk).update(cursor=queued.place)
    return _assigned(annotator, queued, labelling, slot=slot, had=had)


def _expired(annotator: Annotator, labelling: Labelling) -> Assignment | None:
    """A pair that somebody else held too long, from the hands of whose lease ended first."""
    over = Assignment.objects.filter(
        state=AssignmentState.HELD,
        until__lt=timezone.now(),
        label=None,
        slot__isnull=False,
        queued__benchmark=labelling.benchmark_id,
        queued__state=QueuedState.OPEN,
    ).exclude(person=annotator.person_id)
    met = Assignment.objects.filter(queued=OuterRef("queued"), person=annotator.person_id)
    candidates = over.filter(~Exists(met.exclude(state=AssignmentState.LOST))).order_by("until")
    found = candidates.select_for_update(of=("self", "queued"), skip_locked=True).select_related("queued").first()
    if found is None:
        return None
    Assignment.objects.filter(pk=found.pk).update(state=AssignmentState.LOST, slot=None)
    return _assigned(annotator, found.queued, labelling, slot=found.slot, had=True)


def _assigned(
    annotator: Annotator, queued: QueuedPair, labelling: Labelling, *, slot: int | None, had: bool = False
) -> Assignment:
    """A pair put into somebody's hands. `had`: perhaps again, after they had lost it."""
    until = lease_of(labelling)
    if had:
        lost = Assignment.objects.filter(queued=queued, person=annotator.person_id, state=AssignmentState.LOST)
        if lost.update(state=AssignmentState.HELD, slot=slot, until=until, taken_at=timezone.now()):
            return Assignment.objects.select_related("label").get(queued=queued, person=annotator.person_id)
    made: Assignment = Assignment.objects.create(queued=queued, person_id=annotator.person_id, slot=slot, until=until)
    return made
