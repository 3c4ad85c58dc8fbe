"""Runs: the list, one run with its progress and results, launching and cancelling."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from annotation.selectors.blind import without_hidden
from inference.enums import Engine, RunState
from inference.forms import LaunchForm
from inference.models import Run
from inference.selectors.asked_again import mendable, run_again_of
from inference.selectors.distillation import Limits, fit
from inference.selectors.run_calls import calls_of
from inference.selectors.runs import (
    comparable,
    failures_by_kind,
    judgments_of,
    progress_of,
    run_list,
    scores_of,
    summaries,
)
from inference.services.runs import UnderWayError, cancel_run, launch_run
from inference.tables import class_lines, matrix
from inference.traces import failure_text
from inference.views.launching import cancelled, launched
from inference.views.measures import measures_context
from inference.views.run_calls import calls_context
from rules.engine.attributes import Level
from rules.selectors import current_release

RUNS_A_PAGE = 20
JUDGMENTS_A_PAGE = 50
STOP_POLLING = 286
"""The status by which htmx stops asking."""


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Every run or those of one release, newest first, and a form to launch another; no steps of ablations."""
    found = run_list().filter(ablation=None)
    if (number := request.GET.get("release", "")[:9]).isdecimal():
        found = found.filter(release__number=number)
    page = Paginator(found, RUNS_A_PAGE).get_page(request.GET.get("page"))
    release = current_release()
    context = {
        "page": page,
        "summaries": summaries(page.object_list),
        "form": LaunchForm(initial={"release": release.pk if release else None}),
    }
    return render(request, "inference/runs.html", context)


@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """Launch a run and go to it."""

    def go(chosen: dict[str, Any]) -> HttpResponse:
        try:
            return redirect("inference:run", launch_run(by=actor(request), **chosen).pk)
        except UnderWayError as error:
            messages.info(request, " ".join(error.messages))
            return redirect("inference:run", error.run.pk) if error.run else redirect("inference:runs")

    return launched(request, go)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a run and go back to it."""
    run = get_object_or_404(Run, pk=pk)
    return cancelled(request, lambda: cancel_run(by=actor(request), run=run), "inference:run", pk)


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run has come; once it has ended, how well it did and every judgment."""
    one = get_object_or_404(run_list().select_related("baseline__release", "ablation"), pk=pk)
    if request.headers.get("HX-Target") == "progress":
        return progress(request, one)
    context = {"run": one, **standing(one)}
    if one.state != RunState.RUNNING:
        context |= results(request, one)
    return render(request, "inference/run.html", context)


def progress(request: HttpRequest, run: Run) -> HttpResponse:
    """The progress alone, as long as there is any; at the end the whole page is loaded anew."""
    if run.state != RunState.RUNNING:
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    return render(request, "inference/run.html#progress", {"run": run, **standing(run)})


def standing(run: Run) -> dict[str, object]:
    """How far a run has come, why judgments failed, and what was asked of models."""
    found = progress_of(run)
    failures = [(failure_text(kind), count, count / found.done) for kind, count in failures_by_kind(run)]
    calls = calls_of([run], slow=True)[run.pk]
    return {"progress": found, "failures": failures, **calls_context(run, calls, found)}


def results(request: HttpRequest, run: Run) -> dict[str, object]:
    """Scores, and a page of judgments as filtered."""
    scores = scores_of(run)
    level, verdict = request.GET.get("level", "").replace("\0", ""), request.GET.get("verdict", "")
    by_model, teaches = run.config.engine == Engine.LLM, request.GET.get("teaches", "")
    found = without_hidden(judgments_of(run, level=level, verdict=verdict), request.user)
    if by_model and teaches:
        found = fit(found, Limits())
    return {
        "scores": scores,
        "lines": class_lines(scores),
        "matrix": matrix(scores),
        "page": Paginator(found, JUDGMENTS_A_PAGE).get_page(request.GET.get("page")),
        "facets": [*facets(level, verdict), *([teaching(teaches)] if by_model else [])],
        "by_model": by_model,
        "comparable": comparable(run),
        "again": run_again_of(run),
        "mendable": mendable(run).count() if run.state == RunState.FINISHED else 0,
        **measures_context(run),
    }


def actor(request: HttpRequest) -> User:
    """Who asks; everybody here has signed in."""
    assert isinstance(request.user, User)
    return request.user


def facets(level: str, verdict: str) -> list[dict[str, object]]:
    """The filters over judgments."""
    verdicts = [("right", _("right")), ("wrong", _("wrong")), ("failed", _("failed"))]
    levels = [(one.value, _(one.label)) for one in Level]
    return [
        {"name": "level", "label": _("Level"), "choices": levels, "current": level},
        {"name": "verdict", "label": _("Against the label"), "choices": verdicts, "current": verdict},
    ]


def teaching(current: str) -> dict[str, object]:
    """The filter for judgments that a smaller model can learn from."""
    return {"name": "teaches", "label": _("Distillation"), "choices": [("yes", _("teaches"))], "current": current}
