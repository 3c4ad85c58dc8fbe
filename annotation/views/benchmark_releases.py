"""The releases of a benchmark: the list, cutting another, and the page of one."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.drift import Finding
from annotation.exports import FileKind
from annotation.models import Benchmark, BenchmarkRelease
from annotation.release_forms import CutForm, RowFilter, written
from annotation.release_shown import datasheet_shown, drift_chart, finding_words, moved, row_shown
from annotation.selectors.benchmark_drift import CATEGORY, recent_drift
from annotation.selectors.benchmark_releases import newest_release, releases_of, rows_matching, since
from annotation.selectors.benchmark_verify import verify
from annotation.selectors.blind import without_hidden
from annotation.services.benchmark_releases import PERMISSION, cut_release
from rules.engine.attributes import Level

PAGE_SIZE = 50
OLD = 180
"""Days after which a release is called old."""


@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """Every release of a benchmark, the newest first, and the form to cut another."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    newest = newest_release(benchmark)
    number = newest.number if newest else 0
    form = CutForm(
        request.POST or None,
        initial={"seen": number, "quotas": written(newest.datasheet.get("quotas", {})) if newest else ""},
    )
    if request.method == "POST" and form.is_valid() and (made := _cut(request, benchmark, form)):
        messages.success(request, _("Release %(number)s was cut.") % {"number": made.number})
        return redirect("annotation:benchmark_release", slug, made.number)
    found = releases_of(benchmark).defer("datasheet")
    context = {
        "benchmark": benchmark,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "form": form,
        "may_cut": request.user.has_perm(PERMISSION),
        "newest": number,
        "before_newest": max(1, number - 1),
        "labelled": benchmark.members.count(),
    }
    return render(request, "annotation/benchmark_releases.html", context, status=422 if form.errors else 200)


def _cut(request: HttpRequest, benchmark: Benchmark, form: CutForm) -> BenchmarkRelease | None:
    """The release that was cut; where it was refused the form says why."""
    assert isinstance(request.user, User)
    try:
        return cut_release(by=request.user, benchmark=benchmark, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


@require_safe
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One release: its digest and files, its datasheet, what is known to be lacking."""
    found = release_named(slug, number)
    newest = newest_release(found.benchmark)
    days = (timezone.now() - found.created_at).days
    context = {
        "release": found,
        "benchmark": found.benchmark,
        "sheet": datasheet_shown(found),
        "kinds": list(FileKind),
        "newest": newest.number if newest else 0,
        "days": days,
        "is_old": days >= OLD,
    }
    return render(request, "annotation/benchmark_release.html", context)


@require_safe
def now(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What has moved since a release: its pairs, its products' texts, and what shoppers ask for."""
    found = release_named(slug, number)
    drift = recent_drift(found)
    context = {
        "release": found,
        "benchmark": found.benchmark,
        "since": since(found),
        "recent": drift,
        "by_category": drift.by == CATEGORY,
        "drifted": drift.drift.finding == Finding.DRIFTED,
        "finding": finding_words(drift.drift.finding),
        "shares": moved(drift),
        "chart": drift_chart(drift),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, f"annotation/benchmark_release_now.html{'#now' if htmx else ''}", context)


@require_safe
def rows(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The rows of a release, by level, category, hard ones, or words."""
    found = release_named(slug, number)
    chosen = RowFilter(request.GET)
    matching = without_hidden(rows_matching(found, **chosen.chosen()), request.user)
    page = Paginator(matching, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "release": found,
        "benchmark": found.benchmark,
        "q": chosen.chosen()["text"],
        "facets": facets(chosen),
        "page": page,
        "rows": [row_shown(row) for row in page],
    }
    return render(request, "annotation/benchmark_release_rows.html", context)


def facets(chosen: RowFilter) -> list[dict[str, object]]:
    """What rows are told apart by."""
    said = chosen.chosen()
    levels = [(level.value, _(level.label)) for level in Level]
    return [
        {"name": "level", "label": _("Level"), "choices": levels, "current": said["level"]},
        {"name": "hard", "label": _("Hard"), "choices": [("yes", _("hard"))], "current": "yes" if said["hard"] else ""},
    ]


@require_safe
def verification(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Every digest of a release worked out again, and which row differs."""
    found = release_named(slug, number)
    faults = [_(fault.words) % fault.params for fault in verify(found)]
    context = {"release": found, "benchmark": found.benchmark, "faults": faults}
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, f"annotation/benchmark_verified.html{'#verified' if htmx else ''}", context)


def release_named(slug: str, number: int) -> BenchmarkRelease:
    """A release of a benchmark. Raises Http404."""
    releases = BenchmarkRelease.objects.select_related("benchmark", "created_by")
    found: BenchmarkRelease = get_object_or_404(releases, benchmark__slug=slug, number=number)
    return found
