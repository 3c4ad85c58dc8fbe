"""The bad cases that a proposal is to fix: a fragment of the proposal's page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.selectors.blind import cases_seen
from annotation.selectors.cases import cases_in
from rules.models import Proposal

PAGE_SIZE = 20


@require_safe
@vary_on_headers("HX-Request")
def proposal_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases linked to a proposal, the most harmful first."""
    proposal = get_object_or_404(Proposal, pk=pk)
    page = Paginator(cases_seen(cases_in(pk), request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = htmx and not htmx.history_restore_request
    template = "annotation/proposal_cases.html" + ("#cases" if partial else "")
    return render(request, template, {"proposal": proposal, "page": page, "fragment": partial})
