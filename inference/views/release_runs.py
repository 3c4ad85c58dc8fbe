"""The runs of a release: a fragment of the release's page, which follows them while they run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from inference.enums import RunState
from inference.selectors.runs import progress_of, run_list, summaries
from rules.models import Release

SHOWN = 10


@require_safe
def release_runs(request: HttpRequest, number: int) -> HttpResponse:
    """The newest runs of one release, each with how far it has come or how well it did."""
    release = get_object_or_404(Release, number=number)
    found = run_list().filter(release=release, ablation=None).select_related("baseline__release")
    newest = summaries(found[:SHOWN])
    context = {
        "release": release,
        "rows": [(one, progress_of(one.run) if one.run.state == RunState.RUNNING else None) for one in newest],
        "running": any(one.run.state == RunState.RUNNING for one in newest),
        "more": found.count() - len(newest),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, f"inference/release_runs.html{'#runs' if htmx else ''}", context)
