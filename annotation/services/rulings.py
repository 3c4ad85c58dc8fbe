"""Ruling on pairs whose labels differ, taking a ruling back, and opening a bad case from one."""

from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotation.enums import LabelKind, QueuedState, RulingReason
from annotation.models import BadCase, BenchmarkPair, GuidelineVersion, Label, Pair, QueuedPair, Ruling, RulingCase
from annotation.services.cases import report_case
from annotation.services.settling import count
from annotation.similarity import LONGEST, Wrong, plain, product_name, squeezed, words_of
from rules.engine.attributes import Level
from rules.services.audit import record, take_turn
from rules.services.permissions import require

PERMISSION = "annotation.rule_conflict"
LONGEST_NOTE = 4000


def rule(
    *, by: User, queued: QueuedPair, level: str, reason: str, submission: UUID, seen: int, note: str = ""
) -> Ruling:
    """Say which level counts where labels differ. `seen`: how many rulings of the pair the person saw.

    The same `submission` again gives the same ruling. Raises ValidationError where somebody ruled meanwhile (code
    "stale"), where nothing is in conflict, and for a level or a reason that there is not.
    """
    require(by, PERMISSION)
    note = _checked(level, reason, note)
    try:
        return _rule(by=by, queued=queued, level=level, reason=reason, submission=submission, seen=seen, note=note)
    except IntegrityError:  # the same was sent twice at once; this time it is found
        return _rule(by=by, queued=queued, level=level, reason=reason, submission=submission, seen=seen, note=note)


@transaction.atomic
def take_back(*, by: User, ruling: Ruling, submission: UUID) -> Ruling:
    """Take a ruling back by a further one: the pair is in conflict again, and counts as it did before."""
    require(by, PERMISSION)
    queued = _locked(ruling.queued_id)
    if again := _sent_before(by, submission):
        return again
    _refuse_stale(queued, seen=ruling.number)
    if not ruling.level:
        raise ValidationError(_("This ruling was taken back already."), code="stale")
    _count(queued, ruling.before)
    taken = _ruling(by=by, queued=queued, number=ruling.number + 1, submission=submission, before=ruling.label)
    taken.save()
    QueuedPair.objects.filter(pk=queued.pk).update(state=QueuedState.CONFLICT, settled=None)
    _record(by, "ruling.taken_back", taken, {"label": ruling.label_id})
    return taken


@transaction.atomic
def open_case(*, by: User, ruling: Ruling) -> BadCase:
    """Report a bad case of the pair that was ruled on, expecting the level of the ruling; once however often asked.

    Raises ValidationError (code "stale") for a ruling that does not count any more.
    """
    held = _locked(ruling.queued_id)
    take_turn()
    opened = RulingCase.objects.filter(ruling=ruling).select_related("case").first()
    if opened:
        case: BadCase = opened.case
        return case
    if not ruling.level:
        raise ValidationError(_("This ruling was taken back already."), code="stale")
    if held.settled_id != ruling.label_id:
        raise ValidationError(_("This ruling does not count any more: another one does, or none."), code="stale")
    case = report_case(
        by=by,
        pair=Pair.objects.select_related("query", "product").get(pk=ruling.queued.pair_id),
        expected=ruling.level,
        note=ruling.note or str(RulingReason(ruling.reason).label),
        key=f"ruling:{ruling.pk}",
    ).case
    RulingCase.objects.create(ruling=ruling, case=case)
    return case


@transaction.atomic
def _rule(*, by: User, queued: QueuedPair, level: str, reason: str, submission: UUID, seen: int, note: str) -> Ruling:
    held = _locked(queued.pk)
    if again := _sent_before(by, submission):
        return again
    _refuse_stale(held, seen=seen)
    if held.state != QueuedState.CONFLICT and not (held.state == QueuedState.SETTLED and seen):
        raise ValidationError(_("The labels of this pair are not in conflict."), code="settled")
    before = _counting(held)
    label = _label(by, held, level, submission=submission, note=note)
    ruling = _ruling(by=by, queued=held, number=seen + 1, submission=submission, before=before, note=note)
    ruling.level, ruling.reason, ruling.label = level, reason, label
    ruling.save()
    _count(held, label)
    QueuedPair.objects.filter(pk=held.pk).update(state=QueuedState.SETTLED, settled=label)
    _record(by, "ruling.made", ruling, {"reason": reason, "label": label.pk})
    return ruling


def _checked(level: str, reason: str, note: str) -> str:
    """The note as it is stored. Raises ValidationError for values that there are not."""
    if level not in {one.value for one in Level} or reason not in RulingReason.values:
        raise ValidationError(_("Choose from what is offered."), code="unknown")
    note = note.strip().replace("\r\n", "\n").replace("\0", "")
    if reason == RulingReason.OTHER and not note:
        raise ValidationError(_("Say why."), code="why")
    if len(note) > LONGEST_NOTE:
        raise ValidationError(_("The note has more than %(most)s characters.") % {"most": LONGEST_NOTE}, code="long")
    return note


def _sent_before(by: User, submission: UUID) -> Ruling | None:
    """The ruling that this submission made. Raises ValidationError where it was somebody else's."""
    found: Ruling | None = Ruling.objects.filter(submission=submission).first()
    if found and found.created_by_id != by.pk:
        raise ValidationError(_("This was sent by somebody else. Load the page again."), code="unknown")
    return found


def _locked(pk: int) -> QueuedPair:
    """The pair, nobody else writing."""
    held: QueuedPair = QueuedPair.objects.select_for_update().get(pk=pk)
    return held


def _refuse_stale(held: QueuedPair, *, seen: int) -> None:
    """Raise ValidationError where the newest ruling of a pair is not the one that was seen."""
    newest = Ruling.objects.filter(queued=held).order_by("-number").first()
    if (newest.number if newest else 0) != seen:
        raise ValidationError(_("Somebody ruled on this pair meanwhile. Yours was not stored."), code="stale")


def _counting(queued: QueuedPair) -> Label | None:
    member = BenchmarkPair.objects.filter(benchmark=queued.benchmark_id, pair=queued.pair_id)
    found = member.select_related("label").first()
    return found.label if found else None


def _label(by: User, queued: QueuedPair, level: str, *, submission: UUID, note: str) -> Label:
    votes = Label.objects.filter(counts_for__queued=queued).order_by("pk").values_list("level", flat=True)
    label: Label = Label.objects.create(
        benchmark_id=queued.benchmark_id,
        pair_id=queued.pair_id,
        level=level,
        kind=LabelKind.RULING,
        votes=list(votes),
        note=note,
        guideline=GuidelineVersion.objects.filter(benchmark=queued.benchmark_id).order_by("-number").first(),
        submission=submission,
        created_by=by,
    )
    return label


def _count(queued: QueuedPair, label: Label | None) -> None:
    """Make a label the one that counts on the benchmark; None takes the pair out of it."""
    if label is not None:
        count(label)
        return
    members = BenchmarkPair.objects.filter(benchmark=queued.benchmark_id, pair=queued.pair_id)
    if members.filter(must_hold=True).exists():
        raise ValidationError(_("This pair must hold. Say first that it may change."), code="must_hold")
    members.delete()


def _ruling(
    *, by: User, queued: QueuedPair, number: int, submission: UUID, before: Label | None, note: str = ""
) -> Ruling:
    """A ruling with all that is the same whether it says a level or takes one back."""
    pair = Pair.objects.select_related("query", "product").get(pk=queued.pair_id)
    product = pair.product
    known = Wrong(pair.query.text, product.title, {**product.parsed, **product.given}, given="", expected="")
    return Ruling(
        queued=queued,
        number=number,
        note=note,
        before=before,
        submission=submission,
        words=f"{words_of(pair.query.text, product.title)}\n{plain(note)}",
        query=squeezed(pair.query.text)[:LONGEST],
        name=product_name(known)[:LONGEST],
        created_by=by,
    )


def _record(by: User, verb: str, ruling: Ruling, data: dict[str, object]) -> None:
    """The trail is read by everybody: it names the label, not its level, which others may have yet to give."""
    told = {"ruling": ruling.pk, "pair": ruling.queued.pair_id, "number": ruling.number, **data}
    record(by=by, verb=verb, subject=f"benchmark:{ruling.queued.benchmark_id}", data=told)
