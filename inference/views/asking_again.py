"""Asking the failed pairs of a run again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from inference.models import Run
from inference.services.asking_again import ask_failed_again
from inference.services.runs import UnderWayError
from inference.views.runs import actor
from rules.views.refusals import said_on


@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the failed pairs of a run again, and go to the run that does; what is refused is said on its own page."""
    run = get_object_or_404(Run, pk=pk)
    with said_on(request):
        try:
            return redirect("inference:run", ask_failed_again(by=actor(request), run=run).pk)
        except UnderWayError as error:
            messages.info(request, " ".join(error.messages))
            return redirect("inference:run", (error.run or run).pk)
    return redirect("inference:run", pk)
