"""What a person says of the pair in their hands: a label, that they skip it, that something is odd about it.

A label is stored once however often it is sent. One that can't count is kept aside, never stored over another.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.enums import AsideReason, AssignmentState, LabelKind, Outcome, QueuedState, SkipReason
from annotation.models import Annotator, AsideLabel, Assignment, Label, QueuedPair
from annotation.selectors.votes import Vote, votes_on
from annotation.services.assigning import PERMISSION, free_slot, may_change
from annotation.services.next_pair import locked_assignment
from annotation.services.retrying import retried
from annotation.services.settling import settle
from annotation.signals import gold_answered
from rules.engine.attributes import Level
from rules.services.audit import record
from rules.services.permissions import require

MOST_NOTE = 4000
MOST_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a label, and the models' votes where they are shown after the answer."""

    outcome: Outcome
    assignment: Assignment
    level: str
    votes: tuple[Vote, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A label as it was sent."""

    level: str
    submission: UUID
    note: str
    seconds: float | None


@dataclass(slots=True)
class Hold:
    """A pair and what a person has to do with it, nobody else writing."""

    by: User
    assignment: Assignment

    @property
    def queued(self) -> QueuedPair:
        """The pair itself."""
        return self.assignment.queued


def submit_label(
    *,
    by: User | AnonymousUser,
    assignment_id: int,
    level: str,
    submission: UUID,
    note: str = "",
    seconds: float | None = None,
) -> Submitted:
    """Store the level that a person gives the pair of their assignment. `submission` names this very answer.

    A late one whose slot nobody took is taken. Raises Assignment.DoesNotExist for somebody else's assignment, and
    ValidationError for a level that there is not or a submission that named another answer (code "submission").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    if level not in {one.value for one in Level}:
        raise ValidationError(_("Choose a level."), code="level")
    seconds = min(max(seconds, 0.0), MOST_SECONDS) if seconds is not None else None
    answer = Answer(level, submission, _noted(note), seconds)
    try:
        return retried(lambda: _submit(by, assignment_id, answer))
    except IntegrityError:
        if Label.objects.filter(submission=submission).exists():
            raise _named_another() from None
        raise


def skip(
    *, by: User | AnonymousUser, assignment_id: int, reason: str, note: str = "", submission: UUID | None = None
) -> Assignment:
    """Give a pair back without a label; somebody else gets it. Skipped again it stays as it is.

    Raises ValidationError for one that is labelled (code "answered"), and for a reason that there is not.
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    if reason not in SkipReason.values:
        raise ValidationError(_("Choose why."), code="reason")
    said = _noted(note)
    return retried(lambda: _skip(by, assignment_id, reason, said))


def flag(*, by: User | AnonymousUser, assignment_id: int, note: str = "") -> Assignment:
    """Mark that something is odd about a pair, for whoever leads the labelling. Changes nothing else.

    Flagged again without anything new it stays as it is.
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    said = _noted(note)
    return retried(lambda: _flag(by, assignment_id, said))


def _submit(by: User, assignment_id: int, answer: Answer) -> Submitted:
    hold = _hold(by, assignment_id)
    is_first = hold.assignment.state == AssignmentState.HELD and not hold.assignment.label_id
    if not is_first and (known := _sent_before(hold, answer)):
        return known
    if reason := _why_aside(hold):
        return _put_aside(hold, answer, reason)
    return _count(hold, answer)


def _hold(by: User, assignment_id: int) -> Hold:
    """Lock a pair in somebody's hands. Raises Assignment.DoesNotExist for somebody else's assignment."""
    assignment = locked_assignment.first(assignment_id, by.pk)
    if assignment is None:
        raise Assignment.DoesNotExist
    return Hold(by, assignment)


def _sent_before(hold: Hold, answer: Answer) -> Submitted | None:
    """What became of this very answer when it came in before."""
    if label := Label.objects.filter(submission=answer.submission).first():
        if label.created_by_id != hold.by.pk or label.pair_id != hold.queued.pair_id:
            raise _named_another()
        return _told(hold, Outcome.AGAIN, label.level)
    if aside := AsideLabel.objects.filter(submission=answer.submission).first():
        if aside.assignment_id != hold.assignment.pk:
            raise _named_another()
        return _told(hold, Outcome(aside.reason), aside.level)
    return None


def _why_aside(hold: Hold) -> AsideReason | None:
    """Why an answer can't count; None where it can."""
    assignment, queued = hold.assignment, hold.queued
    if assignment.state == AssignmentState.DONE:
        return AsideReason.DOUBLED
    if assignment.label_id:
        return None if may_change(assignment, queued) else AsideReason.SETTLED
    if queued.state != QueuedState.OPEN:
        return AsideReason.SETTLED
    if queued.gold or assignment.slot or queued.taken < queued.overlap:
        return None
    return AsideReason.LATE


def _put_aside(hold: Hold, answer: Answer, reason: AsideReason) -> Submitted:
    assignment = hold.assignment
    AsideLabel.objects.create(
        assignment=assignment, level=answer.level, note=answer.note, reason=reason, submission=answer.submission
    )
    if assignment.state == AssignmentState.HELD:
        state = AssignmentState.DONE if assignment.label_id else AssignmentState.LOST
        Assignment.objects.filter(pk=assignment.pk).update(state=state)
        assignment.state = state
    _record(hold, "label.aside", reason=reason)
    return _told(hold, Outcome(reason.value), answer.level)


def _count(hold: Hold, answer: Answer) -> Submitted:
    """Store an answer as the one of this person that counts, and settle the pair with the last one."""
    assignment, queued = hold.assignment, hold.queued
    is_first = assignment.label_id is None
    _take_slot(hold)
    label = _stored(hold, answer)
    now = timezone.now()
    assignment.state, assignment.label, assignment.answered_at = AssignmentState.DONE, label, now
    assignment.seconds = answer.seconds if is_first else assignment.seconds
    assignment.save(update_fields=["state", "slot", "label", "answered_at", "seconds"])
    if is_first:
        _tally(hold, answer.level)
    if queued.gold == "":
        queued.done += is_first
        _settle(hold, label)
    verb = "label.given" if is_first else "label.changed"
    _record(hold, verb, label=label.pk, settled=queued.settled_id)
    return _told(hold, Outcome.STORED, answer.level)


def _settle(hold: Hold, last: Label) -> None:
    """Store how many answered a pair, and with the last one what it comes to."""
    if hold.queued.done == hold.queued.overlap:
        settle(queued=hold.queued, last=last)
    queued = hold.queued
    QueuedPair.objects.filter(pk=queued.pk).update(
        taken=queued.taken, done=queued.done, state=queued.state, settled=queued.settled, is_hard=queued.is_hard
    )


def _take_slot(hold: Hold) -> None:
    """Take a free slot for an answer that comes after its own was given away or given back."""
    if hold.queued.gold or hold.assignment.slot:
        return
    hold.assignment.slot = free_slot(hold.queued)
    hold.queued.taken += 1


def _stored(hold: Hold, answer: Answer) -> Label:
    label: Label = Label.objects.create(
        benchmark_id=hold.queued.benchmark_id,
        pair_id=hold.queued.pair_id,
        level=answer.level,
        kind=LabelKind.PERSON,
        note=answer.note,
        guideline_id=hold.queued.benchmark.labelling.guideline_id,
        submission=answer.submission,
        created_by=hold.by,
    )
    return label


def _tally(hold: Hold, level: str) -> None:
    """Count a first answer for its annotator; on a gold pair also whether it is right."""
    is_gold = bool(hold.queued.gold)
    rows = Annotator.objects.filter(benchmark=hold.queued.benchmark_id, person=hold.by)
    rows.update(
        labels=F("labels") + 1,
        gold_seen=F("gold_seen") + int(is_gold),
        gold_right=F("gold_right") + int(level == hold.queued.gold),
    )
    if is_gold:
        annotator = rows.get().pk
        transaction.on_commit(lambda: gold_answered.send_robust(Annotator, annotator_id=annotator))


def _skip(by: User, assignment_id: int, reason: str, note: str) -> Assignment:
    hold = _hold(by, assignment_id)
    assignment, queued = hold.assignment, hold.queued
    if assignment.state == AssignmentState.SKIPPED:
        return assignment
    if assignment.label_id:
        raise ValidationError(_("You labelled this pair already."), code="answered")
    if assignment.slot:
        QueuedPair.objects.filter(pk=queued.pk).update(taken=F("taken") - 1)
    assignment.state, assignment.slot = AssignmentState.SKIPPED, None
    assignment.skipped, assignment.note, assignment.answered_at = reason, note, timezone.now()
    assignment.save(update_fields=["state", "slot", "skipped", "note", "answered_at"])
    _record(hold, "pair.skipped", reason=reason)
    return assignment


def _flag(by: User, assignment_id: int, note: str) -> Assignment:
    hold = _hold(by, assignment_id)
    if hold.assignment.flagged_at and note in ("", hold.assignment.note):
        return hold.assignment
    hold.assignment.flagged_at, hold.assignment.note = timezone.now(), note or hold.assignment.note
    hold.assignment.save(update_fields=["flagged_at", "note"])
    _record(hold, "pair.flagged", note=note)
    return hold.assignment


def _told(hold: Hold, outcome: Outcome, level: str) -> Submitted:
    """What the person is told; the models' votes only where an answer of theirs is stored. That they were told stays."""
    assignment, benchmark = hold.assignment, hold.queued.benchmark
    votes = votes_on(hold.queued) if assignment.label_id and benchmark.labelling.shows_votes else None
    if votes and not assignment.saw_votes:
        assignment.saw_votes = True
        assignment.save(update_fields=["saw_votes"])
    return Submitted(outcome, assignment, level, votes)


def _named_another() -> ValidationError:
    return ValidationError(_("This answer was given for another pair."), code="submission")


def _noted(note: str) -> str:
    return note.replace("\r\n", "\n").replace("\0", "").strip()[:MOST_NOTE]


def _record(hold: Hold, verb: str, **data: object) -> None:
    """The trail is read by everybody: it tells no level, which others on the pair may not know yet."""
    told = {"pair": hold.queued.pair_id, "assignment": hold.assignment.pk, **data}
    record(by=hold.by, verb=verb, subject=f"benchmark:{hold.queued.benchmark_id}", data=told)
