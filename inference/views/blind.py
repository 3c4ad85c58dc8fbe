"""What stands in place of a pair's levels where the person who asks is yet to label it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotation.models import Pair
from annotation.selectors.blind import hidden_pairs


def waits_for_answer(request: HttpRequest, pair: Pair) -> HttpResponse | None:
    """The pair alone, where the person may yet be asked to label it; None where they may see what others say."""
    if not hidden_pairs(request.user, [pair.pk]):
        return None
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = htmx and not htmx.history_restore_request
    return render(request, "inference/pair_waits.html" + ("#waits" if partial else ""), {"pair": pair})
