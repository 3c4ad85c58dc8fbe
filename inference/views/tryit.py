"""Any query with any title, judged under the release in force with any configuration."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inference.forms import TryForm
from inference.models import PipelineConfig
from inference.pipeline.case import Case
from inference.pipeline.parameters import Parameters
from inference.selectors.picture_pages import pictures_of_trace
from inference.services.judging_cases import JudgedCase, judge_cases, known_cases
from inference.traces import failure_text, view_trace
from inference.views.runs import actor
from rules.selectors import current_release


@require_http_methods(["GET", "POST"])
def tryit(request: HttpRequest) -> HttpResponse:
    """The form, and the answer once both fields are filled; the address holds all of it, so that it can be shared.

    Models are asked on POST alone: a GET shows what is known of what they say.
    """
    said = request.POST if request.method == "POST" else request.GET
    form = TryForm(said if "query" in said or "title" in said else None)
    context: dict[str, object] = {"form": form, "release": current_release()}
    if form.is_bound and form.is_valid():
        context |= answer(request, form)
    htmx = request.htmx  # type: ignore[attr-defined]
    if request.method == "POST" and context.get("view") and not htmx:
        return redirect(f"{reverse('inference:try')}?{urlencode(address_of(form))}")
    return render(request, "inference/try.html#answer" if htmx else "inference/try.html", context)


def address_of(form: TryForm) -> dict[str, object]:
    """What of a valid form stands in an address that can be shared."""
    said = form.cleaned_data
    chosen = {"config": said["config"].pk} if said["config"] else {}
    return {"query": said["query"], "title": said["title"], **chosen}


def answer(request: HttpRequest, form: TryForm) -> dict[str, object]:
    """The judgment of what a valid form asks, or the form's error where a model may not be asked."""
    cases = [Case(form.cleaned_data["query"], form.cleaned_data["title"])]
    config, release = form.cleaned_data["config"], current_release()
    try:
        if request.method == "POST":
            judged = judge_cases(by=actor(request), cases=cases, config=config, release=release, quick=True)
        else:
            judged = known_cases(cases=cases, config=config, release=release)
    except ValidationError as error:
        form.add_error("config", error)
        return {}
    return {"config": config, **shown(judged[0], config)}


def shown(judged: JudgedCase, config: PipelineConfig | None) -> dict[str, object]:
    """A judgment as the page shows it."""
    trace, failure = judged.trace, judged.failure
    off = Parameters.from_json(config.parameters).switched_off if config else frozenset()
    return {
        "judged": judged,
        "answered": not judged.unknown,
        "unknown": judged.unknown,
        "level": trace["level"] if trace else "",
        "failure": failure_text(failure.kind) if failure else "",
        "raw": failure.raw if failure else "",
        "view": view_trace(trace, off) if trace else None,
        "pictures": pictures_of_trace(trace["check"]["pictures"]) if trace else (),
        "key": judged.key,
        "milliseconds": judged.milliseconds,
    }
