"""The first page."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inference.selectors.home import lately, standing, waiting_for
from rules.selectors import current_release

WIDTH, HEIGHT, MARGIN = 120, 28, 3


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, how the search stands, what happened lately; with no data, the first steps."""
    now = standing(current_release())
    accuracies = [point.scores.accuracy for point in now.points]
    context = {
        "standing": now,
        "latest": now.latest,
        "waiting": waiting_for(request.user),  # type: ignore[arg-type]
        "lately": lately(),
        "trend": trend_line(accuracies),
        "empty": not (now.products and now.labelled and now.rules),
    }
    return render(request, "inference/home.html", context)


def trend_line(values: Sequence[float]) -> str:
    """The points of an SVG polyline through `values`, the lowest at the foot; nothing for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    step, span = (WIDTH - 2 * MARGIN) / (len(values) - 1), (high - low) or 1.0
    height = HEIGHT - 2 * MARGIN
    return " ".join(
        f"{MARGIN + place * step:.1f},{MARGIN + height - height * (value - low) / span:.1f}"
        for place, value in enumerate(values)
    )
