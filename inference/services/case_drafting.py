"""From a bad case to a proposal with the rule that it asks for."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import OPEN_CASES
from annotation.models import BadCase
from annotation.services.case_remedies import link_proposal
from annotation.services.triage import PERMISSION
from inference.selectors.case_drafts import MOST_PINNED, CaseDraft, draft_for
from inference.services.examining import examine_case
from rules.models import Change
from rules.services.permissions import require
from rules.services.proposals import add_rule, open_proposal


def draft_rule_for(*, by: User, case: BadCase) -> Change:
    """Open a proposal with the rule that would fix a case, pinned in it with the open cases that it fixes as well.

    Raises ValidationError for a case that is not open or has no expected level, and where no rule can fix it.
    """
    require(by, PERMISSION)
    require(by, "rules.change_proposal")
    if case.state not in OPEN_CASES:
        raise ValidationError(_("Only an open case can be drafted into a rule."), code="no_such_move")
    if not case.expected:
        raise ValidationError(_("Say first which level it should have."), code="unsaid")
    case = examine_case(case)
    draft = draft_for(case)
    if draft is None:
        raise ValidationError(
            _("No rule beside those in force fixes it: it can't be read, has its level already, or a rule forbids it."),
            code="no_draft",
        )
    return _proposed(by, case, draft)


@transaction.atomic
def _proposed(by: User, case: BadCase, draft: CaseDraft) -> Change:
    proposal = open_proposal(by=by, title=draft.content.title, reason=draft.content.rationale)
    change = add_rule(by=by, proposal=proposal, content=draft.content)
    link_proposal(by=by, cases=[one.pk for one in draft.fixes[:MOST_PINNED]], proposal=proposal)
    return change
