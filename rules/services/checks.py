"""Checks: what machines report about a proposal, and a lead's word that one need not pass."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rules.enums import OPEN, CheckName, CheckState
from rules.models import Check, Override, Policy, Proposal
from rules.selectors.reviews import standing_of
from rules.services import audit
from rules.services.moves import settle
from rules.services.permissions import require
from rules.signals import check_overridden, check_reported


@transaction.atomic
def report_check(
    *,
    by: User | None = None,
    proposal: Proposal,
    name: CheckName,
    state: CheckState,
    content: str,
    summary: str = "",
    params: dict[str, Any] | None = None,
    details: str = "",
    behind: str = "",
) -> Check | None:
    """Keep what a check found about the content with this digest; None once the proposal was decided.

    `summary` is an English msgid, with `params` for it. `behind` names the benchmark and run that it rests on:
    where that differs from what approvals signed, they are void. `by` is whoever reports from outside; the
    application's own checks need nobody's permission.
    """
    if by is not None:
        require(by, "rules.change_check")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in OPEN or standing_of(locked).content != content:
        return None
    check, _created = Check.objects.get_or_create(proposal=locked, name=name)
    kept = {"state": state, "summary": summary, "params": params or {}, "details": details, "content": content}
    kept["behind"] = behind or (check.behind if state in (CheckState.PENDING, CheckState.RUNNING) else "")
    if all(getattr(check, field) == value for field, value in kept.items()):
        return check
    before = {"state": check.state, "behind": check.behind}
    for field, value in kept.items():
        setattr(check, field, value)
    check.save()
    told = {"check": name, "content": content, "summary": summary, "params": kept["params"], "before": before}
    told |= {"after": {"state": state, "behind": kept["behind"]}}
    audit.record(by=by, verb="check.reported", subject=f"proposal:{locked.pk}", data=told)
    settle(by=by, proposal=locked)
    transaction.on_commit(lambda: check_reported.send_robust(Check, check_id=check.pk))
    return check


@transaction.atomic
def override_check(*, by: User, proposal: Proposal, name: CheckName, reason: str) -> Override:
    """Let a proposal pass without a check, for the content as it stands. Takes a lead and a reason.

    Who does so is none of those who approve this content: an approval that they gave is void.
    """
    require(by, "rules.override_check")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in OPEN:
        raise ValidationError(_("This proposal is no longer open."), code="not_open")
    said = reason.replace("\0", "").strip()
    if not said:
        raise ValidationError(_("Say why the check need not pass."), code="empty")
    standing = standing_of(locked)
    check = next((one for one in standing.failing if one.name == name), None)
    if check is None:
        raise ValidationError(_("This check keeps nobody from publishing."), code="not_failing")
    override: Override = Override.objects.create(
        proposal=locked, name=name, content=standing.content, reason=said[:4000], by=by
    )
    data = {"check": name, "state": check.state, "reason": said, "content": standing.content}
    audit.record(by=by, verb="check.overridden", subject=f"proposal:{locked.pk}", data=data)
    settle(by=by, proposal=locked)
    told = {"proposal_id": locked.pk, "actor_id": by.pk}
    transaction.on_commit(lambda: check_overridden.send_robust(Override, **told))
    return override


@transaction.atomic
def set_policy(
    *, by: User, approvals: dict[str, int], otherwise: int, safety: int, required: list[CheckName]
) -> Policy:
    """Say what proposals take from now on: approvals by kind of effect, and the checks that must pass.

    Open proposals are approved, or no longer, as it says.
    """
    require(by, "rules.set_policy")
    if min([otherwise, safety, *approvals.values()]) < 1:
        raise ValidationError(_("Every proposal takes at least one approval."), code="too_few")
    waiting = list(Proposal.objects.select_for_update().filter(state__in=OPEN).order_by("pk"))
    audit.take_turn()
    last = Policy.objects.order_by("pk").last()
    fields = {
        "approvals": approvals,
        "otherwise": otherwise,
        "safety": safety,
        "required": [str(one) for one in required],
    }
    policy: Policy = Policy.objects.create(**fields, by=by)
    before = {name: getattr(last, name) for name in fields} if last else None
    audit.record(by=by, verb="policy.set", subject="policy", data={"before": before, "after": fields})
    for proposal in waiting:
        settle(by=by, proposal=proposal)
    return policy
