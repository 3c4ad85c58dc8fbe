"""Deciding on bad cases, many at once: sorting, merging, declining, reopening, and taking any of it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import CaseState, CaseVerb, Cause, Severity
from annotation.models import BadCase, CaseAction, CaseLink
from annotation.services.case_changes import Edit, act, locked, refuse, restored
from annotation.services.case_pins import place, unpin
from rules.engine.attributes import Level
from rules.services import audit
from rules.services.permissions import require

PERMISSION = "annotation.triage_case"
LONGEST_NOTE = 4000
HELD = (CaseState.FIXED, CaseState.VERIFIED)
"""The states in which a case is held to its expected level."""


class Unsaid(Enum):
    """Stands where nothing is said, since nobody is an assignee too."""

    UNSAID = "unsaid"


UNSAID = Unsaid.UNSAID


@dataclass(frozen=True, slots=True)
class Sorted:
    """What to set of cases; what is left out stays. Saying the cause of a new case triages it."""

    cause: str | None = None
    severity: int | None = None
    assignee: User | Unsaid | None = UNSAID
    note: str | None = None
    expected: str | None = None
    category: str | None = None
    state: CaseState | None = None


@transaction.atomic
def triage(*, by: User, cases: Collection[int], to: Sorted, seen: Mapping[int, int] | None = None) -> CaseAction | None:
    """Set cause, severity, assignee, note, expected level or category of cases; None where all of it was so before.

    `seen`: the editions that the person looked at, by case. Raises ValidationError for what can't be, and changes nothing.
    """
    require(by, PERMISSION)
    _check(to)
    held = locked(cases, seen=seen)
    if to.expected is not None:
        if settled := [case for case in held if case.state in HELD and case.expected != to.expected]:
            refuse(_("%(cases)s are fixed. Reopen them to expect another level."), settled, code="settled")
        _check_expected(held, to.expected)
    return act(by=by, verb=CaseVerb.TRIAGE, edits=[Edit(case, _values(case, to)) for case in held])


@transaction.atomic
def merge(*, by: User | None, cases: Collection[int], into: int) -> CaseAction | None:
    """Make cases duplicates of one, which takes over their reports and the worst severity, and their own duplicates."""
    if by is not None:
        require(by, PERMISSION)
    merged = set(cases) - {into}
    held = {case.pk: case for case in locked({*merged, into})}
    master = held.pop(into)
    if master.state == CaseState.DUPLICATE:
        refuse(_("%(cases)s is a duplicate itself. Merge into the case it belongs to."), [master], code="duplicate")
    joining = [case for case in held.values() if case.master_id != master.pk]
    if not joining:
        return None
    if elsewhere := [case for case in joining if case.master_id]:
        refuse(_("%(cases)s belong to another case already."), elsewhere, code="duplicate")
    return act(by=by, verb=CaseVerb.MERGE, edits=_merging(joining, master), data={"into": master.pk})


@transaction.atomic
def decline(*, by: User, cases: Collection[int], note: str, seen: Mapping[int, int] | None = None) -> CaseAction | None:
    """Say that cases are no mistake, or not worth mending, and why."""
    require(by, PERMISSION)
    if not note.strip():
        raise ValidationError(_("Say why."), code="why")
    edits = [Edit(case, {"state": CaseState.DECLINED.value}) for case in locked(cases, seen=seen)]
    return act(by=by, verb=CaseVerb.DECLINE, edits=edits, note=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def reopen(*, by: User, cases: Collection[int], note: str = "") -> CaseAction | None:
    """Take up cases again that were fixed, declined or merged. They are no longer held to the level expected."""
    require(by, PERMISSION)
    held = {case.pk: case for case in locked(cases)}
    masters = {case.master_id for case in held.values() if case.master_id} - held.keys()
    everyone = held | ({case.pk: case for case in locked(masters)} if masters else {})
    values: dict[int, dict[str, Any]] = {pk: {"state": CaseState.TRIAGED.value} for pk in held}
    for case in held.values():
        if case.master_id:
            told = values.setdefault(case.master_id, {})
            told["reports"] = told.get("reports", everyone[case.master_id].reports) - case.reports
    pins = {pk: unpin(case) for pk, case in held.items() if case.state in HELD}
    edits = [Edit(everyone[pk], told, pinned=pins.get(pk)) for pk, told in values.items()]
    return act(by=by, verb=CaseVerb.REOPEN, edits=edits, note=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def undo(*, by: User, action: CaseAction) -> CaseAction:
    """Restore exactly what an action changed, of all its cases and links.

    Raises ValidationError where it was undone already, or where one of its cases was changed since.
    """
    require(by, PERMISSION)
    audit.take_turn()
    if CaseAction.objects.filter(undoes=action).exists():
        raise ValidationError(_("This was undone already."), code="undone")
    moves = {move.case_id: move for move in action.moves.all()}
    held = locked(moves.keys())
    if changed := [case for case in held if case.edition != moves[case.pk].edition]:
        refuse(_("This can't be undone: %(cases)s changed since."), changed, code="stale")
    edits = []
    for case in held:
        changes = dict(moves[case.pk].changes)
        pinned = changes.pop("pinned", None)
        if pinned:
            place(case, pinned[0])
        values = _back(case, changes)
        if "expected" in values:
            _check_expected([case], values["expected"])
        edits.append(Edit(case, values, pinned=(pinned[1], pinned[0]) if pinned else None))
    undone = act(by=by, verb=CaseVerb.UNDO, edits=edits, undoes=action, data={"undoes": action.pk}, always=True)
    assert undone is not None
    CaseLink.objects.filter(removed=action).update(removed=None)
    CaseLink.objects.filter(action=action, removed=None).update(removed=undone)
    return undone


def _check(to: Sorted) -> None:
    """Raise ValidationError for values that there are not."""
    known = {
        "cause": ("", *Cause.values),
        "severity": Severity.values,
        "expected": ("", *(level.value for level in Level)),
        "state": (CaseState.TRIAGED,),
    }
    for field in fields(to):
        value = getattr(to, field.name)
        if value is not None and field.name in known and value not in known[field.name]:
            raise ValidationError(_("Choose from what is offered."), code="unknown")
    if to.note is not None and len(to.note) > LONGEST_NOTE:
        raise ValidationError(_("The note has more than %(most)s characters.") % {"most": LONGEST_NOTE}, code="long")
    if isinstance(to.assignee, User) and not to.assignee.is_active:
        raise ValidationError(_("This person is no longer here."), code="unknown")


def _check_expected(held: list[BadCase], expected: str) -> None:
    """Raise ValidationError where another case of the pair expects the same level."""
    changing = [case for case in held if case.expected != expected]
    pairs = [case.pair_id for case in changing]
    taken = set(BadCase.objects.filter(pair__in=pairs, expected=expected).values_list("pair_id", flat=True))
    if clash := [case for case in changing if case.pair_id in taken or pairs.count(case.pair_id) > 1]:
        refuse(_("There is a case with this level for the pair of %(cases)s. Merge them."), clash, code="taken")


def _values(case: BadCase, to: Sorted) -> dict[str, Any]:
    """The fields that are said, as the case has them."""
    names = ("cause", "severity", "note", "expected", "category", "state")
    values = {name: getattr(to, name) for name in names if getattr(to, name) is not None}
    if not isinstance(to.assignee, Unsaid):
        values["assignee_id"] = to.assignee.pk if to.assignee else None
    if to.cause and case.state == CaseState.NEW:
        values["state"] = CaseState.TRIAGED.value
    return values


def _merging(joining: list[BadCase], master: BadCase) -> list[Edit]:
    """The edits of a merge: the duplicates, what was merged into them before, and the case that takes them."""
    followers = BadCase.objects.filter(master__in=joining).select_for_update().order_by("pk")
    worst = max(case.severity for case in (*joining, master))
    total = master.reports + sum(case.reports for case in joining)
    return [
        *(Edit(case, {"state": CaseState.DUPLICATE.value, "master_id": master.pk}) for case in joining),
        *(Edit(case, {"master_id": master.pk}) for case in followers),
        Edit(master, {"reports": total, "severity": worst}),
    ]


def _back(case: BadCase, changes: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The values before an action. Reports that came since are kept."""
    values = {name: restored(name, before) for name, (before, _after) in changes.items()}
    if "reports" in changes:
        before, after = changes["reports"]
        values["reports"] = case.reports - after + before
    return values
