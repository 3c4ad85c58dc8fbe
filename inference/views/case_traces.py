"""How the level of a bad case comes about now: a fragment of the inbox, which opens it at the step that decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from inference.selectors.cases import case_of
from inference.selectors.chains import chain_in_force
from inference.views.blind import waits_for_answer
from inference.views.pairs import PAIRS, answered


@require_safe
@vary_on_headers("HX-Request")
def case_trace(request: HttpRequest, pk: int) -> HttpResponse:
    """A pair judged under the release in force; nothing is stored."""
    one = get_object_or_404(PAIRS, pk=pk)
    if instead := waits_for_answer(request, one):
        return instead
    context = {"pair": one, **answered(chain_in_force().judge(case_of(one)))}
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = htmx and not htmx.history_restore_request
    return render(request, "inference/case_trace.html" + ("#trace" if partial else ""), context)
