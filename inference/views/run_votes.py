"""Using what a run judged as votes of a model in labelling."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.models import Benchmark
from inference.models import Run
from inference.services.run_votes import Used, use_as_votes
from inference.views.runs import actor
from rules.views.refusals import said_on


@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the levels of a run as votes in the labelling of a benchmark, and go back to the run."""
    run = get_object_or_404(Run.objects.select_related("config__endpoint"), pk=pk)
    benchmark = get_object_or_404(Benchmark, slug=request.POST.get("benchmark", "").replace("\0", ""))
    with said_on(request):
        messages.success(request, told(use_as_votes(by=actor(request), run=run, benchmark=benchmark), benchmark))
    return redirect("inference:run", pk)


def told(used: Used, benchmark: Benchmark) -> str:
    """What came of it, in a sentence."""
    words = {"benchmark": benchmark, "source": used.source, "stored": used.stored, "votes": used.votes}
    if not used.stored:
        return _("Every vote of %(source)s was stored in %(benchmark)s already.") % words
    return (
        ngettext(
            "%(stored)s vote of %(source)s is new in %(benchmark)s.",
            "%(stored)s votes of %(source)s are new in %(benchmark)s.",
            used.stored,
        )
        % words
    )
