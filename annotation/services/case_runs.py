"""What a finished run says of the cases that were fixed: each is verified, or comes back, once a run."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from annotation.enums import CaseState, CaseVerb
from annotation.models import BadCase, CaseMove
from annotation.services.case_changes import MOST, Edit, act, locked
from annotation.signals import cases_regressed
from rules.engine.attributes import Level


def watched(*, run: str, release: int, launched_at: datetime) -> QuerySet[BadCase]:
    """The fixed cases that a run may say something of: fixed before it, in its release or earlier, not told of yet."""
    held = BadCase.objects.filter(state__in=[CaseState.FIXED, CaseState.VERIFIED], release__lte=release)
    told = CaseMove.objects.filter(run=run).values("case_id")
    return held.filter(fixed_at__lte=launched_at).exclude(pk__in=told).order_by("pk")


def settle_run(*, run: str, release: int, launched_at: datetime, levels: Mapping[int, str]) -> None:
    """Verify the fixed cases whose pair has its expected level, and reopen those that have another one.

    `levels` are those that the run gave, by pair; a failed judgment says nothing. Safe to call again. A case that
    comes back belongs to whoever fixed it, who is told.
    """
    ids = list(watched(run=run, release=release, launched_at=launched_at).values_list("pk", flat=True))
    for start in range(0, len(ids), MOST):
        _settle(ids[start : start + MOST], run, levels)


@transaction.atomic
def _settle(ids: list[int], run: str, levels: Mapping[int, str]) -> None:
    told = set(CaseMove.objects.filter(run=run, case__in=ids).values_list("case_id", flat=True))
    cases = [case for case in locked(ids) if case.pk not in told and levels.get(case.pair_id)]
    right = [one for one in cases if levels[one.pair_id] == one.expected and one.state == CaseState.FIXED]
    wrong = [one for one in cases if levels[one.pair_id] != one.expected and _is_held(one)]
    act(
        by=None,
        verb=CaseVerb.VERIFY,
        edits=[Edit(case, {"state": CaseState.VERIFIED.value}, run=run) for case in right],
        data={"run": run},
    )
    broken = [Edit(case, _broken(case), run=run) for case in wrong]
    action = act(by=None, verb=CaseVerb.REGRESS, edits=broken, data={"run": run})
    if action:
        transaction.on_commit(lambda: cases_regressed.send_robust(BadCase, action_id=action.pk))


def _is_held(case: BadCase) -> bool:
    return case.state in (CaseState.FIXED, CaseState.VERIFIED) and case.expected in set(Level)


def _broken(case: BadCase) -> dict[str, object]:
    return {"state": CaseState.REGRESSED.value, "assignee_id": case.fixed_by_id}
