"""The search outside: how it is set, what it was asked lately, one answer, and trying it."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from inference.models import OutsideAnswer
from inference.selectors.outside import address_shown, answers_asked, configurations_outside, is_set, newest_try
from inference.services.outside import try_outside
from inference.views.runs import actor
from rules.views.refusals import said_on

ANSWERS_A_PAGE = 30


@require_GET
def outside(request: HttpRequest) -> HttpResponse:
    """How the service did when it was last tried, and what it was asked, the newest first; `q` are words of queries."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    page = Paginator(answers_asked(words), ANSWERS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": words,
        "is_set": is_set(),
        "address": address_shown(),
        "has_token": bool(settings.OUTSIDE_SEARCH_TOKEN),
        "days": settings.OUTSIDE_SEARCH_DAYS,
        "kept_days": settings.OUTSIDE_SEARCH_KEPT_DAYS,
        "newest": newest_try(),
        "configurations": configurations_outside(),
    }
    return render(request, "inference/outside.html", context)


@require_GET
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the service told of one query."""
    found = get_object_or_404(OutsideAnswer.objects.select_related("by"), pk=pk)
    return render(request, "inference/outside_answer.html", {"answer": found})


@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Ask the service for one query, and show what came."""
    with said_on(request):
        return redirect("inference:outside_answer", try_outside(by=actor(request)).pk)
    return redirect("inference:outside")
