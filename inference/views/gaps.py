"""Pinned examples that their own rule does not fire on: a part of the page of the analysis."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from inference.selectors.gaps import gaps_of_proposal, gaps_of_release
from rules.engine.findings import Gap
from rules.models import Proposal, Release

SHOWN = 100


@require_safe
@vary_on_headers("HX-Request")
def release_gaps(request: HttpRequest, number: int) -> HttpResponse:
    """The gaps of a release."""
    return shown(request, gaps_of_release(get_object_or_404(Release, number=number)))


@require_safe
@vary_on_headers("HX-Request")
def proposal_gaps(request: HttpRequest, pk: int) -> HttpResponse:
    """The gaps that a proposal would leave."""
    return shown(request, gaps_of_proposal(get_object_or_404(Proposal.objects.select_related("base"), pk=pk)))


def shown(request: HttpRequest, found: tuple[Gap, ...]) -> HttpResponse:
    """A part of a page; a page of its own where nothing puts it into one."""
    template = "inference/_gaps.html" if request.headers.get("HX-Request") else "inference/gaps.html"
    return render(request, template, {"gaps": found[:SHOWN], "count": len(found)})
