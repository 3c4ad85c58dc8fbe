"""Replaying one judgment from its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from inference.models import Judgment
from inference.selectors.replays import judgments_with, replay
from inference.traces import failure_text
from inference.views.blind import waits_for_answer


@require_GET
def replay_judgment(request: HttpRequest, pk: int) -> HttpResponse:
    """What a judgment comes to when it is made again of what was pinned. Nothing is stored."""
    found = get_object_or_404(Judgment.objects.select_related("pair"), pk=pk)
    if instead := waits_for_answer(request, found.pair):
        return instead
    one = replay(judgments_with([found.pk]))[0]
    context = {
        "one": one,
        "judgment": one.judgment,
        "failure": failure_text(one.answer.failure) if one.answer.failure else "",
        "was_failure": failure_text(one.judgment.failure) if one.judgment.failure else "",
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "inference/replay.html#answer" if htmx else "inference/replay.html", context)
