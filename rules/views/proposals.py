"""Proposals: the list, the decision on one, publishing and withdrawing."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rules import selectors
from rules.engine.wording import Part
from rules.enums import ChangeKind, ProposalState
from rules.forms import DescriptionForm
from rules.models import Proposal
from rules.problems import problem_message
from rules.selectors import DraftedChange
from rules.services import proposals as service
from rules.services.releases import publish_proposal
from rules.views.decision import decision_on
from rules.views.refusals import said_on
from rules.views.roles import actor, may_draft
from rules.views.shown import DiffRow, content_diff, sentence_parts

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change as the proposal's page lays it out."""

    drafted: DraftedChange
    parts: tuple[Part, ...]
    diff: tuple[DiffRow, ...]
    problems: tuple[str, ...]
    can_edit: bool


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Every proposal, the one touched last first."""
    found = Proposal.objects.select_related("created_by", "base", "published").annotate(size=Count("changes"))
    found = found.order_by("-updated_at", "-pk")
    state = request.GET.get("state", "")
    if state in ProposalState.values:
        found = found.filter(state=state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": ProposalState.choices, "may_draft": may_draft(request.user)}
    return render(request, "rules/proposals.html", context)


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal, read from top to bottom as a decision."""
    found = get_object_or_404(Proposal.objects.select_related("base", "created_by", "published"), pk=pk)
    summary = selectors.proposal_summary(found)
    is_draft = found.state == ProposalState.DRAFT
    context = {
        "proposal": found,
        "changes": [shown_change(change, is_draft) for change in summary.changes],
        "decision": decision_on(summary, actor(request)),
        "is_draft": is_draft,
        "stale": summary.stale,
        "description": DescriptionForm(initial={"title": found.title, "reason": found.reason}),
        "may_change": is_draft and may_draft(request.user),
    }
    return render(request, "rules/proposal.html", context)


def shown_change(change: DraftedChange, is_draft: bool) -> ShownChange:
    """A change with its sentence and its word diff. A retired rule shows what it said."""
    before = change.before.content if change.before else None
    content = change.after or before
    return ShownChange(
        drafted=change,
        parts=sentence_parts(content) if content else (),
        diff=content_diff(before, change.after) if change.effective else (),
        problems=tuple(problem_message(problem) for problem in change.problems),
        can_edit=is_draft and change.change.kind != ChangeKind.RETIRE,
    )


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the next release of a proposal."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        release = publish_proposal(by=actor(request), proposal=found, notes=request.POST.get("notes", "")[:4000])
        messages.success(request, _("Release %(number)s is in force.") % {"number": release.number})
        return redirect("rules:release", release.number)
    return redirect("rules:proposal", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        service.withdraw_proposal(by=actor(request), proposal=found)
        messages.success(request, _("The proposal was withdrawn."))
        return redirect("rules:proposals")
    return redirect("rules:proposal", pk)


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft its title and reason."""
    found = get_object_or_404(Proposal, pk=pk)
    form = DescriptionForm(request.POST)
    with said_on(request):
        if not form.is_valid():
            raise ValidationError(
                [f"{form[name].label}: {error}" for name, told in form.errors.items() for error in told]
            )
        service.describe_proposal(by=actor(request), proposal=found, **form.cleaned_data)
        messages.success(request, _("The title and the reason were saved."))
    return redirect("rules:proposal", pk)


@require_POST
def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a draft up to the release in force."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        rebased = service.rebase_proposal(by=actor(request), proposal=found)
        if rebased.conflicting:
            rules = ", ".join(f"R{number}" for number in rebased.conflicting)
            raise ValidationError(
                _("Changed by another release meanwhile: %(rules)s. Discard those changes first.") % {"rules": rules}
            )
        messages.success(request, _("The proposal now builds on the release in force."))
    return redirect("rules:proposal", pk)
