"""The list of proposals: all, one's own, those that wait for one's review."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rules.enums import ProposalState
from rules.forms.rule_file import RuleFileForm
from rules.models import Change, Proposal
from rules.selectors.counting import count_of
from rules.selectors.waiting import waiting_for_review, written_by
from rules.views.roles import actor, may_draft, may_review

PAGE_SIZE = 50
MINE, REVIEW = "mine", "review"


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice of a filter with the number of proposals behind it."""

    value: str
    label: str
    count: int


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals, the one touched last first, filtered by what the address says."""
    user = actor(request)
    whose, state = request.GET.get("whose", ""), request.GET.get("state", "")
    groups = groups_for(user)
    chosen = groups.get(whose, groups[""])
    counts = dict(chosen.order_by().values_list("state").annotate(n=Count("pk")))
    found = chosen.filter(state=state) if state in ProposalState.values else chosen
    found = found.select_related("created_by", "base", "published").annotate(size=count_of(Change, "proposal"))
    page = Paginator(found.order_by("-updated_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "whose": whose if whose in groups else "",
        "states": [Tab("", _("All"), sum(counts.values())), *state_tabs(counts)],
        "groups": [Tab(name, group_label(name), group.count()) for name, group in groups.items()],
        "may_draft": may_draft(user),
        "import_form": RuleFileForm(),
    }
    return render(request, "rules/proposals.html", context)


def groups_for(user: User) -> "dict[str, QuerySet[Proposal]]":
    """Everybody's proposals, this person's, and for a reviewer those that wait."""
    groups = {"": Proposal.objects.all(), MINE: written_by(user)}
    return groups | ({REVIEW: waiting_for_review(user)} if may_review(user) else {})


def group_label(name: str) -> str:
    """What a group is called."""
    return {"": _("Everybody's"), MINE: _("Mine"), REVIEW: _("Waiting for my review")}[name]


def state_tabs(counts: dict[str, int]) -> list[Tab]:
    """Each state with its count."""
    return [Tab(one.value, capfirst(str(one.label)), counts.get(one.value, 0)) for one in ProposalState]
