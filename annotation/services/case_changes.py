"""What every change of bad cases goes through: locked, legal, written with a row a case, and undone by those rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from annotation.enums import CASE_MOVES, OPEN_CASES, CaseState, CaseVerb
from annotation.models import BadCase, CaseAction, CaseMove
from rules.services import audit

TIMES = ("triaged_at", "fixed_at", "verified_at", "regressed_at", "examined_at")
TRACKED = (
    *("state", "severity", "cause", "assignee_id", "note", "expected", "category", "faults", "cluster", "signature"),
    *("reports", "master_id", "fixed_by_id", "release", "regressions"),
    *TIMES,
)
"""The fields that an action may change, and undoing it restores."""
MOST = 2000
"""Cases that one action may change."""
NAMED = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """New values of a locked case. `run` is the run that says so; `pinned`:
    the label that the pair was held to before, and now."""

    case: BadCase
    values: Mapping[str, Any]
    run: str = ""
    pinned: tuple[int | None, int | None] | None = None


def locked(ids: Collection[int], *, seen: Mapping[int, int] | None = None) -> list[BadCase]:
    """These cases as they are now, nobody else writing; `seen` are the editions a person looked at. In a transaction.

    Raises ValidationError for none, too many, unknown ones, and ones that somebody changed since they were seen.
    """
    audit.take_turn()
    wanted = set(ids)
    if not wanted:
        raise ValidationError(_("Choose at least one case."), code="none")
    if len(wanted) > MOST:
        raise ValidationError(_("Choose at most %(most)s cases at once.") % {"most": MOST}, code="too_many")
    cases = list(BadCase.objects.filter(pk__in=wanted).select_for_update().order_by("pk"))
    if len(cases) < len(wanted):
        raise ValidationError(_("Some of these cases do not exist."), code="unknown")
    stale = [case for case in cases if seen and seen.get(case.pk, case.edition) != case.edition]
    if stale:
        refuse(_("Somebody changed %(cases)s meanwhile. Look again."), stale, code="stale")
    return cases


def act(
    *,
    by: User | None,
    verb: CaseVerb,
    edits: Sequence[Edit],
    note: str = "",
    undoes: CaseAction | None = None,
    data: Mapping[str, Any] | None = None,
    always: bool = False,
) -> CaseAction | None:
    """Write the edits that change something, each with its move, under one action; None where none does.

    `always`: an action even so, for what it did beside. Raises ValidationError for a move that is not in the table.
    """
    now = timezone.now()
    changed = [(edit, changes_of(edit, now)) for edit in edits]
    changed = [(edit, changes) for edit, changes in changed if changes or always]
    if not changed:
        return None
    if undoes is None:
        _check(edit for edit, _changes in changed)
    action: CaseAction = CaseAction.objects.create(verb=verb, note=note, at=now, by=by, undoes=undoes)
    moves = [_move(action, edit, changes) for edit, changes in changed]
    for edit, changes in changed:
        _fill(edit.case, changes, now)
    BadCase.objects.bulk_update(
        [edit.case for edit, _changes in changed], [*_columns(changed), "is_open", "edition", "updated_at"]
    )
    CaseMove.objects.bulk_create(moves)
    _record(action, [edit.case for edit, _changes in changed], data or {})
    return action


def changes_of(edit: Edit, now: datetime) -> dict[str, list[Any]]:
    """The fields that differ, before and after as JSON, with the times that a change of state brings."""
    values = dict(edit.values)
    if values.get("state", edit.case.state) != edit.case.state:
        values = _times(edit.case, values["state"], now) | values
    before = {name: getattr(edit.case, name) for name in values}
    return {
        name: [_plain(before[name]), _plain(value)]
        for name, value in values.items()
        if _plain(before[name]) != _plain(value)
    }


def restored(name: str, value: Any) -> Any:
    """A value of a move's JSON as the field has it."""
    return parse_datetime(value) if name in TIMES and value else value


def refuse(message: str, cases: Iterable[BadCase], *, code: str, **params: str) -> None:
    """Raise ValidationError naming the first cases."""
    ids = [case.pk for case in cases]
    told = _(", ").join(f"#{pk}" for pk in ids[:NAMED]) + (" …" if len(ids) > NAMED else "")
    raise ValidationError(message % {"cases": told, **params}, code=code)


def _check(edits: Iterable[Edit]) -> None:
    """Raise ValidationError for moves that are not in the table, telling the first kind of them."""
    illegal: dict[tuple[str, str], list[BadCase]] = {}
    for edit in edits:
        before, after = CaseState(edit.case.state), CaseState(edit.values.get("state", edit.case.state))
        if before != after and after not in CASE_MOVES[before]:
            illegal.setdefault((str(before.label), str(after.label)), []).append(edit.case)
    if illegal:
        (from_, to), cases = next(iter(illegal.items()))
        words = {"before": from_, "after": to}
        refuse(_("%(cases)s can't go from “%(before)s” to “%(after)s”."), cases, code="no_such_move", **words)


def _times(case: BadCase, state: str, now: datetime) -> dict[str, Any]:
    """What a change of state says of itself."""
    told: dict[str, Any] = {}
    if case.triaged_at is None:
        told["triaged_at"] = now
    if state == CaseState.FIXED:
        told["fixed_at"] = now
    if state == CaseState.VERIFIED:
        told["verified_at"] = now
    if state == CaseState.REGRESSED:
        told |= {"regressed_at": now, "regressions": case.regressions + 1}
    if state != CaseState.DUPLICATE:
        told["master_id"] = None
    return told


def _move(action: CaseAction, edit: Edit, changes: dict[str, list[Any]]) -> CaseMove:
    """The row that tells of an edit; made before the case is written over."""
    extra = {"pinned": list(edit.pinned)} if edit.pinned else {}
    return CaseMove(
        action=action,
        case=edit.case,
        before=edit.case.state,
        after=changes["state"][1] if "state" in changes else edit.case.state,
        changes=changes | extra,
        edition=edit.case.edition + 1,
        run=edit.run,
    )


def _fill(case: BadCase, changes: Mapping[str, list[Any]], now: datetime) -> None:
    for name, (_before, after) in changes.items():
        setattr(case, name, restored(name, after))
    case.is_open = case.state in OPEN_CASES
    case.edition += 1
    case.updated_at = now


def _columns(changed: Iterable[tuple[Edit, Mapping[str, Any]]]) -> list[str]:
    names = {name.removesuffix("_id") for _edit, changes in changed for name in changes}
    return sorted(names)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str) else int(value) if isinstance(value, int) else value


def _record(action: CaseAction, cases: Sequence[BadCase], data: Mapping[str, Any]) -> None:
    """The audit event of an action: about its case, or about itself where there are several."""
    subject = f"case:{cases[0].pk}" if len(cases) == 1 else f"cases:{action.pk}"
    told = {"action": action.pk, "cases": [case.pk for case in cases], **data}
    if action.note:
        told["note"] = action.note
    audit.record(by=action.by, verb=f"case.{action.verb}", subject=subject, data=told)
