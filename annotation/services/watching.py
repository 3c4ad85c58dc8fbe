"""Pausing people whose answers on gold are far off, telling the lead, and letting them go on; flags that are resolved."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.enums import AnnotatorState
from annotation.models import Annotator, Assignment
from annotation.selectors.people import gold_answers, leads
from annotation.watching import gold_standing
from rules.enums import NotificationKind
from rules.services.audit import record
from rules.services.notifications import tell_of
from rules.services.permissions import require

PERMISSION = "annotation.manage_labelling"
LONGEST_REASON = 1000
FAR_OFF = gettext_noop(
    "Some of the pairs you labelled have a level that is known, and your answers differed from it more often than "
    "usual. Whoever leads the labelling was told and will look at it with you. Nothing you did is lost."
)
"""What a person who is paused by the rule reads."""
TOLD = gettext_noop("Right on %(right)s of %(answers)s known pairs since they began or were let go on.")


@transaction.atomic
def look_at(annotator_id: int) -> int:
    """Pause a person whose gold answers are too far off, and tell the lead; how many mails are to be sent.

    To be called after every gold answer, and safe to call again: who is paused already stays as they are.
    """
    annotator = (
        Annotator.objects.select_for_update(of=("self",)).select_related("benchmark", "person").get(pk=annotator_id)
    )
    if annotator.state != AnnotatorState.ACTIVE:
        return 0
    standing = gold_standing(gold_answers(annotator))
    if not standing.must_stop:
        return 0
    counts = {"right": standing.right, "answers": standing.answers}
    return _pause(annotator, by=None, reason=FAR_OFF, summary=TOLD, counts=counts)


@transaction.atomic
def pause(*, by: User, annotator: Annotator, reason: str) -> Annotator:
    """Give a person no more pairs, and say why. Raises ValidationError without a reason, or where they are paused."""
    require(by, PERMISSION)
    reason = _said(reason)
    held = _locked(annotator, AnnotatorState.ACTIVE, _("This person is paused already."))
    _pause(held, by=by, reason=reason, summary="", counts={})
    return held


@transaction.atomic
def resume(*, by: User, annotator: Annotator, reason: str) -> Annotator:
    """Let a paused person go on, and say why. What they answered before no longer counts against them.

    Nobody lets themself go on. Raises ValidationError without a reason, or where they are not paused.
    """
    require(by, PERMISSION)
    if by.pk == annotator.person_id:
        raise ValidationError(_("Somebody else has to let you go on."), code="own")
    reason = _said(reason)
    held = _locked(annotator, AnnotatorState.PAUSED, _("This person is not paused."))
    held.state, held.reason, held.since = AnnotatorState.ACTIVE, reason, timezone.now()
    held.save(update_fields=["state", "reason", "since"])
    _record(by, "annotator.resumed", held, {"reason": reason})
    return held


@transaction.atomic
def resolve_flag(*, by: User, assignment: Assignment, note: str = "") -> bool:
    """Say that somebody looked at what was flagged; whether that is news. The note of who flagged it stays."""
    require(by, PERMISSION)
    resolved = Assignment.objects.filter(pk=assignment.pk, flagged_at__isnull=False).update(flagged_at=None)
    if resolved:
        data = {"pair": assignment.queued.pair_id, "assignment": assignment.pk, "note": note.strip()[:LONGEST_REASON]}
        record(by=by, verb="flag.resolved", subject=f"benchmark:{assignment.queued.benchmark_id}", data=data)
    return bool(resolved)


def _pause(annotator: Annotator, *, by: User | None, reason: str, summary: str, counts: dict[str, int]) -> int:
    annotator.state, annotator.reason, annotator.since = AnnotatorState.PAUSED, reason, timezone.now()
    annotator.save(update_fields=["state", "reason", "since"])
    event = _record(by, "annotator.paused", annotator, {"reason": reason, **counts})
    person = annotator.person
    return tell_of(
        NotificationKind.PAUSED,
        f"paused:{annotator.pk}:{event}",
        set(leads()) - {person.pk, by.pk if by else None},
        title=annotator.benchmark.name[:200],
        path=_page(annotator),
        params={"name": person.get_full_name() or person.get_username(), "summary": summary, "counts": counts}
        | ({} if summary else {"text": reason}),
    )


def _locked(annotator: Annotator, expected: AnnotatorState, otherwise: str) -> Annotator:
    """The row, nobody else writing. Raises ValidationError where it is in another state than the person saw."""
    held = Annotator.objects.select_for_update(of=("self",)).select_related("benchmark", "person").get(pk=annotator.pk)
    if held.state != expected:
        raise ValidationError(otherwise, code="stale")
    return held


def _said(reason: str) -> str:
    said = reason.strip().replace("\0", "")
    if not said:
        raise ValidationError(_("Say why."), code="why")
    if len(said) > LONGEST_REASON:
        raise ValidationError(
            _("The reason has more than %(most)s characters.") % {"most": LONGEST_REASON}, code="long"
        )
    return said


def _record(by: User | None, verb: str, annotator: Annotator, data: dict[str, object]) -> int:
    told = {"annotator": annotator.person.get_username(), **data}
    return record(by=by, verb=verb, subject=f"benchmark:{annotator.benchmark_id}", data=told).sequence


def _page(annotator: Annotator) -> str:
    try:
        return reverse("annotation:person", args=[annotator.benchmark.slug, annotator.person_id])
    except NoReverseMatch:
        return "/"
