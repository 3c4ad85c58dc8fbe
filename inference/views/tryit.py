"""Any query with any title, judged under the release in force, stored nowhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inference.forms import TryForm
from inference.pipeline.case import Case
from inference.selectors.chains import chain_in_force
from inference.views.pairs import answered
from rules.selectors import current_release


@require_GET
def tryit(request: HttpRequest) -> HttpResponse:
    """The form, and the answer once both fields are filled; the address holds both, so that it can be shared."""
    asked = "query" in request.GET or "title" in request.GET
    form = TryForm(request.GET if asked else None)
    context: dict[str, object] = {"form": form, "release": current_release()}
    if asked and form.is_valid():
        case = Case(form.cleaned_data["query"], form.cleaned_data["title"])
        context |= {"answered": True, **answered(chain_in_force().judge(case))}
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "inference/try.html#answer" if htmx else "inference/try.html", context)
