"""The list of benchmarks and the page of one."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation import selectors
from annotation.forms import PairFilter
from annotation.models import Benchmark, BenchmarkPair
from annotation.services.must_hold import set_must_hold
from rules.engine.attributes import Level

PAGE_SIZE = 50


@require_safe
def benchmarks(request: HttpRequest) -> HttpResponse:
    """Every benchmark with its composition."""
    page = Paginator(selectors.benchmark_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": selectors.summarised(page), "levels": list(Level)}
    return render(request, "annotation/benchmarks.html", context)


@require_safe
def benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """The composition of one benchmark and its labelled pairs."""
    found = get_object_or_404(Benchmark, slug=slug)
    chosen = PairFilter(request.GET)
    pairs = selectors.labelled_pairs(
        found,
        level=chosen.chosen("level"),
        text=chosen.chosen("q"),
        must_hold=bool(chosen.chosen("must_hold")),
    )
    context = {
        "benchmark": found,
        "summary": selectors.summarised([found])[0],
        "q": chosen.chosen("q"),
        "facets": [
            {
                "name": "level",
                "label": _("Level"),
                "choices": [(level.value, _(level.label)) for level in Level],
                "current": chosen.chosen("level"),
            },
            {
                "name": "must_hold",
                "label": _("Must hold"),
                "choices": [("yes", _("must hold"))],
                "current": chosen.chosen("must_hold"),
            },
        ],
        "may_hold": request.user.has_perm("annotation.set_must_hold"),
        "page": Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "annotation/benchmark.html", context)


@require_POST
def must_hold(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say whether a pair must hold, and go back to the page it was said on."""
    assert isinstance(request.user, User)
    member = get_object_or_404(BenchmarkPair, benchmark__slug=slug, pair=pk)
    value = request.POST.get("must_hold") == "yes"
    set_must_hold(by=request.user, member=member, value=value)
    messages.success(
        request, _("This pair must hold from now on.") if value else _("This pair may change from now on.")
    )
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("annotation:benchmark", slug)
