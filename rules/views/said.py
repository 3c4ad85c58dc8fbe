"""What people and machines say about a proposal, for its page and the fragment of it that follows the checks."""

from django.http import HttpRequest

from rules.enums import CheckState
from rules.models import Proposal
from rules.selectors.reviews import Standing
from rules.views.names import names_in
from rules.views.roles import actor, may_draft, may_review
from rules.views.standing import past_overrides, shown_checks, shown_demands, shown_moves, shown_reviews

UNANSWERED = (CheckState.PENDING, CheckState.RUNNING)


def said_of(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """All of it."""
    names = names_in(standing)
    return {
        "reviews": shown_reviews(standing, names),
        "demands": shown_demands(standing, names),
        "moves": shown_moves(found),
        **checks_of(request, found, standing),
    }


def checks_of(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """The checks, those that somebody let pass before, and who may have them run."""
    user = actor(request)
    return {
        "checks": shown_checks(standing, user),
        "overrides": past_overrides(found.overrides.select_related("by"), standing),
        "may_run_checks": may_draft(user) or may_review(user),
        "unanswered": any(one.state in UNANSWERED for one in standing.checks),
        "untouched": all(one.state == CheckState.PENDING for one in standing.checks),
    }
