"""What the checks of a proposal find, and which of them nobody has run yet on what it says now."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from inference.selectors.check_conflicts import check_conflicts
from inference.selectors.check_coverage import check_coverage
from inference.selectors.check_examples import check_examples
from inference.selectors.check_labels import check_benchmark, check_must_hold, labels_behind
from inference.selectors.drafted import Drafted, Found
from rules.enums import CheckName, CheckState, ProposalState
from rules.models import Check, Proposal
from rules.selectors.proposals import proposal_summary
from rules.selectors.reviews import content_digest

CHECKS: dict[CheckName, Callable[[Drafted], Found]] = {
    CheckName.EXAMPLES: check_examples,
    CheckName.MUST_HOLD: check_must_hold,
    CheckName.CONFLICTS: check_conflicts,
    CheckName.COVERAGE: check_coverage,
    CheckName.BENCHMARK: check_benchmark,
}
"""The checks in the order they are run."""
CHECKED = (ProposalState.IN_REVIEW, ProposalState.APPROVED, ProposalState.SCHEDULED)
"""The states in which a proposal is checked without being asked."""


def due_checks(proposal: Proposal, *, alone: bool = False) -> tuple[CheckName, ...]:
    """The checks of a proposal that have no answer about what it says now, and that nobody seems to be at work on.

    `alone`: nobody can be. A newer run of the benchmark makes none due: it is looked at when somebody asks.
    """
    content = content_digest(proposal_summary(proposal))
    stored = {check.name: check for check in Check.objects.filter(proposal=proposal)}
    return tuple(name for name in CHECKS if _is_due(name, stored.get(name), content, alone))


def proposals_due(*, alone: bool = False) -> tuple[int, ...]:
    """The proposals under review with checks that wait for somebody."""
    waiting = Proposal.objects.filter(state__in=CHECKED).select_related("base").order_by("pk")
    return tuple(proposal.pk for proposal in waiting if due_checks(proposal, alone=alone))


def _is_due(name: CheckName, check: Check | None, content: str, alone: bool) -> bool:
    if check is None or check.content != content or check.state == CheckState.PENDING:
        return True
    if check.state == CheckState.RUNNING:
        return alone or check.updated_at < timezone.now() - 2 * timedelta(seconds=settings.CLAIM_SECONDS)
    return not check.behind.startswith(labels_behind(name))
