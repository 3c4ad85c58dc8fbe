"""What a proposal would have changed of the pairs that came in, and switching that on and off."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from inference.selectors.shadows import differing, may_shadow, shadow_standing
from inference.services.shadows import start_shadow, stop_shadow
from inference.shadow_form import ShadowForm
from rules.enums import OPEN
from rules.models import Proposal
from rules.views.refusals import said_on
from rules.views.roles import actor

ROWS_A_PAGE = 10


@require_safe
@vary_on_headers("HX-Request")
def shadow(request: HttpRequest, pk: int) -> HttpResponse:
    """The pairs that a proposal would have judged otherwise, and how many it judged; the fragment alone for htmx."""
    proposal = proposal_at(pk)
    standing = shadow_standing(proposal)
    is_open = proposal.state in OPEN
    context = {
        "proposal": proposal,
        "standing": standing,
        "page": Paginator(differing(proposal, standing.content), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "is_open": is_open,
        "may_switch": is_open and may_shadow(actor(request), proposal),
        "form": ShadowForm(),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "inference/shadow.html#shadow" if htmx else "inference/shadow.html", context)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Have incoming pairs judged under a proposal, too."""
    proposal, form = proposal_at(pk), ShadowForm(request.POST)
    with said_on(request):
        if form.is_valid():
            start_shadow(by=actor(request), proposal=proposal, **form.cleaned_data)
        for error in form.errors.values():
            messages.error(request, " ".join(map(str, error)))
    return redirect("inference:shadow", pk)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop that."""
    with said_on(request):
        stop_shadow(by=actor(request), proposal=proposal_at(pk))
    return redirect("inference:shadow", pk)


def proposal_at(pk: int) -> Proposal:
    """The proposal of an address."""
    return get_object_or_404(Proposal.objects.select_related("base"), pk=pk)
