"""The list of benchmarks and the page of one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation import selectors
from annotation.forms import PairFilter
from annotation.models import Benchmark
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
    pairs = selectors.labelled_pairs(found, level=chosen.chosen("level"), text=chosen.chosen("q"))
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
            }
        ],
        "page": Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "annotation/benchmark.html", context)
