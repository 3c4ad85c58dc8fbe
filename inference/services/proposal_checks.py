"""Running the checks of a proposal. Safe to repeat, and to be cut off: what has no answer is taken up again."""

import logging

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse

from inference.selectors.check_labels import labels_behind
from inference.selectors.drafted import Drafted, Found, drafted
from inference.selectors.proposal_checks import CHECKS, due_checks
from rules.engine.attributes import gettext_noop
from rules.enums import OPEN, CheckName, CheckState
from rules.models import Check, Proposal
from rules.services.audit import record
from rules.services.checks import report_check
from rules.services.permissions import require
from rules.services.reviews import lock_open

BROKE_OFF = gettext_noop("The check broke off because of an error in ARWeb; it is tried again.")

logger = logging.getLogger(__name__)


def run_checks(*, proposal_id: int, again: bool = False) -> tuple[CheckName, ...]:
    """Run the checks that are due, or `again` all, and say which gave an answer.

    Once the proposal says something else nothing more is kept: that change has its own checks.
    """
    proposal = Proposal.objects.select_related("base").filter(pk=proposal_id, state__in=OPEN).first()
    if proposal is None:
        return ()
    names = tuple(CHECKS) if again else due_checks(proposal, alone=True)
    judged = drafted(proposal) if names else None
    if judged is None or not all(_begin(judged, name) for name in names):
        return ()
    answered = []
    for name in names:
        if _report(judged, name, _found(judged, name)) is None:
            break
        answered.append(name)
    return tuple(answered)


def _begin(judged: Drafted, name: CheckName) -> bool:
    """Say that a check is running, unless it has an answer about this content; False once the content moved on."""
    answered = Check.objects.filter(proposal=judged.proposal, name=name, content=judged.content)
    if answered.exclude(state__in=[CheckState.PENDING, CheckState.RUNNING]).exists():
        return True
    return _report(judged, name, Found(CheckState.RUNNING, "", {})) is not None


def _found(judged: Drafted, name: CheckName) -> Found:
    try:
        return CHECKS[name](judged)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("check %s of proposal %s broke off", name, judged.proposal.pk)
        return Found(CheckState.PENDING, BROKE_OFF, {})


@transaction.atomic
def _report(judged: Drafted, name: CheckName, found: Found) -> Check | None:
    """Keep an answer, unless the labels or the terms it rests on became others meanwhile: then the check waits."""
    Proposal.objects.select_for_update().get(pk=judged.proposal.pk)
    if found.behind and not found.behind.startswith(labels_behind(name)):
        found = Found(CheckState.PENDING, "", {})
    return report_check(
        proposal=judged.proposal,
        name=name,
        state=found.state,
        content=judged.content,
        summary=found.summary,
        params=dict(found.params),
        details=reverse("inference:check", args=[judged.proposal.pk, name.value]),
        behind=found.behind,
    )


@transaction.atomic
def ask_for_checks(*, by: User, proposal: Proposal) -> None:
    """Note that somebody wants all checks of an open proposal run; the caller enqueues the task.

    Raises ValidationError for one that was decided: it has no checks any more.
    """
    if not by.has_perm("rules.change_proposal"):
        require(by, "rules.review_proposal")
    lock_open(proposal)
    record(by=by, verb="checks.asked", subject=f"proposal:{proposal.pk}", data={})
