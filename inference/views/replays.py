"""Replaying one judgment from its page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inference.selectors.replays import judgments_with, replay
from inference.traces import failure_text


@require_GET
def replay_judgment(request: HttpRequest, pk: int) -> HttpResponse:
    """What a judgment comes to when it is made again of what was pinned. Nothing is stored."""
    found = judgments_with([pk])
    if not found:
        raise Http404
    one = replay(found)[0]
    context = {
        "one": one,
        "judgment": one.judgment,
        "failure": failure_text(one.answer.failure) if one.answer.failure else "",
        "was_failure": failure_text(one.judgment.failure) if one.judgment.failure else "",
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "inference/replay.html#answer" if htmx else "inference/replay.html", context)
