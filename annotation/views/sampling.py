"""What a sample of the catalogue would take of each category, before it is drawn."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation.labelling_forms import SampleForm
from annotation.models import Benchmark
from annotation.sampling import planned
from annotation.selectors.queue import candidate_pairs, counted_by_category, pairs_among
from annotation.selectors.traffic import is_counted, traffic
from annotation.services.labelling import PERMISSION

MOST_SHOWN, MOST_OTHERS = 60, 20
"""Categories in the table, beyond which their number is told; and those named that have no share."""


@require_safe
def sample(request: HttpRequest, slug: str) -> HttpResponse:
    """A form for shares by category, and beside it what is there, what falls short and what would be drawn."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    asked = any(name.startswith(SampleForm.prefix) for name in request.GET)
    form = SampleForm(request.GET if asked else None)
    said = form.cleaned_data if asked and form.is_valid() else {}
    context = {
        "benchmark": benchmark,
        "may_manage": True,
        "may_label": request.user.has_perm("annotation.label_pair"),
        "form": form,
        "is_asked": bool(said),
        "is_counted": is_counted(),
        "traffic": traffic(said["recent_days"]) if is_counted() and said.get("recent_days") else None,
        **plan_of(benchmark, said),
    }
    return render(request, "annotation/labelling_sample.html", context, status=422 if form.errors else 200)


def plan_of(benchmark: Benchmark, said: dict[str, Any]) -> dict[str, Any]:
    """What there is by category, and what a sample as it is asked for would take."""
    among, recent_days = pairs_among(said.get("among", "")), said.get("recent_days") or 0
    size, quotas = said.get("size") or SampleForm.base_fields["size"].initial, said.get("quotas") or None
    there = counted_by_category(candidate_pairs(benchmark, among=among, recent_days=recent_days))
    rows = planned(there, size=size, quotas=quotas, fill=said.get("fill", False))
    return {
        "rows": rows[:MOST_SHOWN],
        "beyond": len(rows) - MOST_SHOWN,
        "there": sum(there.values()),
        "wanted": sum(row.wanted for row in rows),
        "taken": sum(row.taken for row in rows),
        "missing": sum(row.missing for row in rows),
        "has_quotas": bool(quotas),
        "others": [(name, count) for name, count in there.items() if quotas and name not in quotas][:MOST_OTHERS],
    }
