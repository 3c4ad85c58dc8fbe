"""From a bad case to a rule: the button that drafts one, and which open cases a proposal would fix."""

from collections.abc import Collection

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.case_forms import Asked
from annotation.models import BadCase
from annotation.selectors.blind import hidden_of_cases
from annotation.selectors.cases import cases_in
from annotation.views.case_actions import back_to
from inference.selectors.case_readings import CaseEffects, case_effects, edit_effects
from inference.services.case_drafting import draft_rule_for
from inference.views.preview import decides, drafted_change
from rules.forms import posted_content
from rules.models import Proposal
from rules.views.refusals import said_on
from rules.views.roles import actor

SHOWN = 20


@require_POST
def draft_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the rule that a case asks for, and open it in the editor; back to where it was asked where none can be."""
    case = get_object_or_404(BadCase.objects.select_related("pair__query", "pair__product"), pk=pk)
    with said_on(request):
        change = draft_rule_for(by=actor(request), case=case)
        count = cases_in(change.proposal_id).count()
        words = ngettext("A rule was drafted for %(n)s bad case.", "A rule was drafted for %(n)s bad cases.", count)
        messages.success(request, words % {"n": count})
        return redirect("rules:change", change.proposal_id, change.pk)
    return redirect(back_to(request, Asked.of(request.POST)))


@require_safe
@vary_on_headers("HX-Request")
def proposal_case_effects(request: HttpRequest, pk: int) -> HttpResponse:
    """Which open cases a proposal as it stands would fix, and which it moves otherwise."""
    proposal = get_object_or_404(Proposal.objects.select_related("base"), pk=pk)
    effects, linked = case_effects(proposal), set(cases_in(proposal.pk).values_list("pk", flat=True))
    heading = _("What this proposal does to open bad cases")
    return shown(request, effects, linked, proposal=proposal, heading=heading)


@require_POST
@permission_required("rules.change_proposal", raise_exception=True)
@vary_on_headers("HX-Request")
def edit_case_effects(request: HttpRequest) -> HttpResponse:
    """Which open cases this form's content alone would fix, and which it moves otherwise."""
    change, content = drafted_change(request.POST), posted_content(request.POST)
    effects = edit_effects(change, content) if content is not None and decides(content) else None
    heading = _("What this edit does to open bad cases")
    return shown(request, effects, proposal=change.proposal, heading=heading)


def shown(
    request: HttpRequest, effects: CaseEffects | None, linked: Collection[int] = (), **said: object
) -> HttpResponse:
    """The fragment for htmx, the page around it for everybody else; empty for a rule that is not finished.

    The fragment stands below those that are `linked`, and does not list them again.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = htmx and not htmx.history_restore_request
    template = "inference/case_effects.html" + ("#effects" if partial else "")
    above = linked if partial else ()
    both = [one.case for one in (*effects.fixed, *effects.moved)] if effects else []
    hidden = hidden_of_cases(request.user, both)
    fixed = (
        [one for one in effects.fixed if one.case.pk not in above and one.case.pair_id not in hidden] if effects else []
    )
    context = {
        "effects": effects,
        "fixed": fixed[:SHOWN],
        "moved": [one for one in effects.moved if one.case.pair_id not in hidden][:SHOWN] if effects else [],
        "above": sum(one.case.pk in above for one in effects.fixed) if effects else 0,
    }
    return render(request, template, {**context, **said})
