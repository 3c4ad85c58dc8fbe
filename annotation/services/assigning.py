"""Giving pairs to people: the next one, with a lease that a heartbeat renews, and the last one again.

Whoever writes here locks in one order: the end of the audit trail, the annotator, the pair, its assignments. The slots
of a pair, one assignment a person and pair, and one a slot are constraints of the database: who breaks one begins anew.
"""

import random
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.enums import AnnotatorState, AssignmentState, QueuedState
from annotation.models import Annotator, Assignment, Benchmark, Labelling, QueuedPair
from annotation.selectors.labelling import Offer, free_pairs, labelling_of, not_met, offer_of
from annotation.services.retrying import retried
from rules.services.permissions import require

PERMISSION = "annotation.label_pair"
STILL_TO_SAY = Q(label=None, queued__state=QueuedState.OPEN) | Q(label__isnull=False)


def take_next(*, by: User | AnonymousUser, benchmark: Benchmark, further: bool = False) -> Offer | None:
    """The pair that a person holds, or else the next one for them; None where none is left.

    `further`: one more than they hold, so that they can go on while the server is not reached.
    Raises ValidationError where nothing is given out (code "closed"), or not to this person (code "paused").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    labelling = labelling_of(benchmark)
    if labelling is None or not labelling.is_open:
        raise ValidationError(_("No pairs of this benchmark are given out at the moment."), code="closed")
    return retried(lambda: _next_offer(by, labelling, further))


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
    labelling = labelling_of(benchmark)
    return retried(lambda: _previous_offer(by, labelling)) if labelling else None


def annotator_for(by: User, benchmark_id: int) -> Annotator:
    """Somebody's row on a benchmark, nobody else writing it."""
    rows = Annotator.objects.select_for_update()
    annotator = rows.filter(benchmark=benchmark_id, person=by).first()
    return annotator or rows.get_or_create(benchmark_id=benchmark_id, person=by)[0]


def lease_of(labelling: Labelling) -> datetime:
    """Until when a pair taken now is held."""
    return timezone.now() + timedelta(minutes=labelling.lease_minutes)


def free_slot(queued: QueuedPair) -> int:
    """The lowest slot of a locked pair that nobody holds."""
    held = set(Assignment.objects.filter(queued=queued, slot__isnull=False).values_list("slot", flat=True))
    return next(slot for slot in range(1, queued.overlap + 1) if slot not in held)


def may_change(assignment: Assignment, queued: QueuedPair) -> bool:
    """Whether a person may change the answer they gave: nobody else's label, and no ruling, rests on it yet."""
    if queued.state == QueuedState.OPEN:
        return True
    alone = queued.overlap == 1 and not queued.wants_expert and queued.done == 1 and assignment.slot is not None
    return alone and queued.state == QueuedState.SETTLED and not queued.rulings.exists()


def _next_offer(by: User, labelling: Labelling, further: bool) -> Offer | None:
    annotator = annotator_for(by, labelling.benchmark_id)
    annotator.person = by
    if annotator.state == AnnotatorState.PAUSED:
        raise ValidationError(_("Your labelling of this benchmark is paused."), code="paused")
    assignment = None if further else _held(annotator)
    assignment = assignment or _gold(annotator, labelling) or _free(annotator, labelling)
    assignment = assignment or (None if further else _expired(annotator, labelling))
    if assignment is None:
        return None
    until = lease_of(labelling)
    Assignment.objects.filter(pk=assignment.pk).update(until=until)
    assignment.until = until
    return offer_of(assignment, annotator)


def _previous_offer(by: User, labelling: Labelling) -> Offer | None:
    annotator = annotator_for(by, labelling.benchmark_id)
    annotator.person = by
    mine = Assignment.objects.filter(person=by, queued__benchmark=labelling.benchmark_id, state=AssignmentState.DONE)
    last = mine.order_by("-answered_at", "-pk").first()
    if last is None:
        return None
    queued = QueuedPair.objects.select_for_update().get(pk=last.queued_id)
    if not may_change(last, queued):
        return None
    until = lease_of(labelling)
    mine.filter(pk=last.pk).update(state=AssignmentState.HELD, until=until)
    last.state, last.until = AssignmentState.HELD, until
    return offer_of(last, annotator)


def _held(annotator: Annotator) -> Assignment | None:
    """What a person holds: first what they went back to, the oldest first. That goes back when its lease is over."""
    mine = Assignment.objects.filter(
        STILL_TO_SAY, person=annotator.person_id, state=AssignmentState.HELD, queued__benchmark=annotator.benchmark_id
    ).select_related("label", "queued")
    for assignment in mine.order_by(F("answered_at").asc(nulls_last=True), "pk"):
        if assignment.label_id is None:
            return assignment
        if assignment.until > timezone.now() and may_change(assignment, assignment.queued):
            return assignment
        Assignment.objects.filter(pk=assignment.pk).update(state=AssignmentState.DONE)
    return None


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
    """The next pair with a free slot: from where the person is in the queue to its end, then once from its start."""
    fresh = not_met(free_pairs(labelling.benchmark_id), annotator.person)
    ahead, behind = fresh.filter(place__gt=annotator.cursor), fresh.filter(place__lte=annotator.cursor)
    for pairs in (ahead, behind):
        # One that another is being given right now is passed over, or waited for where it is the last.
        queued = pairs.select_for_update(skip_locked=True).first() or pairs.select_for_update().first()
        if queued:
            slot = free_slot(queued) if queued.taken else 1
            QueuedPair.objects.filter(pk=queued.pk).update(taken=F("taken") + 1)
            Annotator.objects.filter(pk=annotator.pk).update(cursor=queued.place)
            return _assigned(annotator, queued, labelling, slot=slot)
    return None


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
    met = Assignment.objects.filter(person=annotator.person_id).exclude(state=AssignmentState.LOST)
    found = over.exclude(queued__in=met.values("queued")).order_by("until").first()
    if found is None:
        return None
    queued = QueuedPair.objects.select_for_update().get(pk=found.queued_id)
    lost = Assignment.objects.filter(pk=found.pk, state=AssignmentState.HELD, until__lt=timezone.now(), label=None)
    if not lost.update(state=AssignmentState.LOST, slot=None):
        return _expired(annotator, labelling)
    return _assigned(annotator, queued, labelling, slot=found.slot)


def _assigned(annotator: Annotator, queued: QueuedPair, labelling: Labelling, *, slot: int | None) -> Assignment:
    """A pair put into somebody's hands; one that they had lost is theirs again."""
    now, until = timezone.now(), lease_of(labelling)
    held = {"state": AssignmentState.HELD, "slot": slot, "until": until, "taken_at": now}
    lost = Assignment.objects.filter(queued=queued, person=annotator.person_id, state=AssignmentState.LOST)
    if lost.update(**held):
        return Assignment.objects.select_related("label").get(queued=queued, person=annotator.person_id)
    made: Assignment = Assignment.objects.create(queued=queued, person_id=annotator.person_id, slot=slot, until=until)
    return made
