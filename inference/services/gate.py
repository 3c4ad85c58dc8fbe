"""The only code that says what a benchmark must show."""

from django.contrib.auth.models import User
from django.db import transaction
from django.forms.models import model_to_dict

from inference.models import GatePolicy
from inference.selectors.check_labels import behind_benchmark
from inference.selectors.gate import gate_policy
from inference.signals import gate_set
from rules.enums import OPEN, CheckName, CheckState
from rules.models import Check, Proposal
from rules.services.audit import record, take_turn
from rules.services.checks import report_check
from rules.services.permissions import require

FIELDS = ("hold_critical", "most_broken", "class_fall", "touched_fall", "fewest_touched")


@transaction.atomic
def set_gate(
    *,
    by: User,
    hold_critical: bool,
    most_broken: int | None,
    class_fall: float,
    touched_fall: float,
    fewest_touched: int,
) -> GatePolicy:
    """Say what a benchmark must show from now on; falls are in points of a hundred. See `inference.gate.Terms`.

    What the check of an open proposal found under the terms before holds no longer, nor do approvals that saw it:
    the check waits to be run again. Raises PermissionDenied, and ValidationError for numbers that can't be.
    """
    require(by, "inference.set_gate")
    policy = GatePolicy(
        hold_critical=hold_critical,
        most_broken=most_broken,
        class_fall=class_fall,
        touched_fall=touched_fall,
        fewest_touched=fewest_touched,
        by=by,
    )
    policy.full_clean()
    waiting = list(Proposal.objects.select_for_update().filter(state__in=OPEN).select_related("base").order_by("pk"))
    take_turn()
    before = model_to_dict(gate_policy(), FIELDS)
    policy.save()
    record(by=by, verb="gate.set", subject="gate", data={"before": before, "after": model_to_dict(policy, FIELDS)})
    for proposal in waiting:
        _forget(proposal)
    transaction.on_commit(lambda: gate_set.send_robust(GatePolicy, policy_id=policy.pk))
    return policy


def _forget(proposal: Proposal) -> None:
    """Have the check of a proposal wait, resting on the terms as they are now."""
    for check in Check.objects.filter(proposal=proposal, name=CheckName.BENCHMARK):
        report_check(
            proposal=proposal,
            name=CheckName.BENCHMARK,
            state=CheckState.PENDING,
            content=check.content,
            details=check.details,
            behind=behind_benchmark(proposal),
        )
