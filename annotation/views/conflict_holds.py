"""Saying that one has a pair open that waits for a ruling, and hearing who else has."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from annotation.models import Benchmark
from annotation.selectors.rulings import conflict_of
from annotation.services.conflict_holds import hold_conflict


@require_POST
def hold(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Hold a pair, or say who holds it. A script sends it while the pair is on the screen."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    queued = conflict_of(benchmark, pk)
    if queued is None:
        raise Http404
    held = hold_conflict(by=request.user, queued=queued)
    context = {"benchmark": benchmark, "queued": queued, "held": None if held.person_id == request.user.pk else held}
    return render(request, "annotation/_conflict_held.html", context)
