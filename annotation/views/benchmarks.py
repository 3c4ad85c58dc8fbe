"""The list of benchmarks and the page of one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import selectors
from annotation.case_forms import number
from annotation.forms import PairFilter
from annotation.labelling_forms import StartForm
from annotation.models import Benchmark, BenchmarkPair
from annotation.selectors.blind import hidden_pairs, without_hidden
from annotation.selectors.labelling import labelling_of
from annotation.services.labelling import PERMISSION as START_PERMISSION
from annotation.services.must_hold import set_must_hold
from annotation.services.new_benchmarks import start_benchmark
from rules.engine.attributes import Level

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def benchmarks(request: HttpRequest) -> HttpResponse:
    """Every benchmark with its composition; a POST starts an empty one, to be labelled here."""
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = start_benchmark(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            return redirect("annotation:labelling", made.slug)
    page = Paginator(selectors.benchmark_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": selectors.summarised(page), "levels": list(Level), "form": form}
    context["may_start"] = request.user.has_perm(START_PERMISSION)
    return render(request, "annotation/benchmarks.html", context, status=422 if form.errors else 200)


@require_safe
def benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """The composition of one benchmark and its labelled pairs."""
    found = Benchmark.objects.filter(slug=slug).first()
    if found is None:  # the audit trail names a benchmark by its number
        return redirect("annotation:benchmark", get_object_or_404(Benchmark, pk=number(slug)).slug)
    chosen = PairFilter(request.GET)
    pairs = selectors.labelled_pairs(
        found,
        level=chosen.chosen("level"),
        text=chosen.chosen("q"),
        must_hold=bool(chosen.chosen("must_hold")),
    )
    if chosen.chosen("level"):  # else the filter would tell what the rows do not
        pairs = without_hidden(pairs, request.user)
    page = Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "benchmark": found,
        "summary": selectors.summarised([found])[0],
        "q": chosen.chosen("q"),
        "facets": facets(chosen),
        "labelling": labelling_of(found),
        "may_manage": request.user.has_perm(START_PERMISSION),
        "may_label": request.user.has_perm("annotation.label_pair"),
        "may_hold": request.user.has_perm("annotation.set_must_hold"),
        "page": page,
        "hidden": hidden_pairs(request.user, [member.pair_id for member in page]),
    }
    return render(request, "annotation/benchmark.html", context)


def facets(chosen: PairFilter) -> list[dict[str, Any]]:
    """What the pairs of a benchmark are filtered by."""
    levels = [(level.value, _(level.label)) for level in Level]
    return [
        {"name": name, "label": label, "choices": choices, "current": chosen.chosen(name)}
        for name, label, choices in (
            ("level", _("Level"), levels),
            ("must_hold", _("Must hold"), [("yes", _("must hold"))]),
        )
    ]


@require_POST
def must_hold(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say whether a pair must hold, and go back to the page it was said on."""
    assert isinstance(request.user, User)
    member = get_object_or_404(BenchmarkPair, benchmark__slug=slug, pair__pk=pk)
    value = request.POST.get("must_hold") == "yes"
    set_must_hold(by=request.user, member=member, value=value)
    messages.success(
        request, _("This pair must hold from now on.") if value else _("This pair may change from now on.")
    )
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back)
    return redirect("annotation:benchmark", slug)
