"""Two runs side by side, and the pairs between them that changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from inference.comparison import Change, Comparison
from inference.models import Judgment
from inference.selectors.comparisons import SHOWN, PairRow, compare_runs, filled, neighbours
from inference.selectors.runs import run_list
from inference.tables import Figure, class_lines, matrix
from inference.traces import TraceView, failure_text, view_trace

ROWS_A_PAGE = 40


@require_GET
def compare_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from the run chosen beside another to their comparison."""
    chosen = request.GET.get("with", "")[:18]
    if not (chosen.isascii() and chosen.isdecimal()):
        return redirect("inference:run", pk)
    return redirect("inference:compare", int(chosen), pk)


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def compare(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What changed from one run to another; `show` filters the rows, `open` names the pair laid open."""
    first, second = get_object_or_404(run_list(), pk=before), get_object_or_404(run_list(), pk=after)
    comparison = compare_runs(first, second)
    show = request.GET.get("show", "")
    rows = comparison.of(*SHOWN.get(show, SHOWN[""]))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    opened = opened_pair(request)
    shown = filled(list(page), first, second)
    context = {
        "before": first,
        "after": second,
        "comparison": comparison,
        "tabs": tabs(comparison, show),
        "page": page,
        "rows": shown,
        "opened": opened,
        "sides": next((sides(row) for row in shown if row.row.pair == opened), None),
        "near": neighbours(rows, opened, page_size=ROWS_A_PAGE) if opened else None,
    }
    if request.headers.get("HX-Target") == "rows":
        return render(request, "inference/compare.html#rows", context)
    context |= {
        "accuracy": Figure("accuracy", comparison.after.accuracy, comparison.before.accuracy),
        "lines": class_lines(comparison.after, comparison.before),
        "matrices": [(first, matrix(comparison.before)), (second, matrix(comparison.after))],
    }
    return render(request, "inference/compare.html", context)


def opened_pair(request: HttpRequest) -> int | None:
    """The pair that the address lays open, if any."""
    value = request.GET.get("open", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def tabs(comparison: Comparison, show: str) -> list[dict[str, object]]:
    """The filters with their counts, the current one marked."""
    counts = comparison.counts
    words = [
        ("", _("Changed in any way"), comparison.moved),
        ("fixed", _("Fixed"), counts[Change.FIXED]),
        ("broken", _("Broken"), counts[Change.BROKEN]),
        ("changed", _("Changed, not fixed or broken"), counts[Change.CHANGED]),
        ("undecided", _("Undecided"), counts[Change.UNDECIDED]),
        ("all", _("All"), comparison.total),
    ]
    current = show if show in SHOWN else ""
    return [{"value": value, "word": word, "count": n, "current": value == current} for value, word, n in words]


def sides(row: PairRow) -> list[dict[str, object]]:
    """Both judgments of a pair, ready to be laid out beside each other."""
    return [{"judgment": one, "view": laid_out(one), "failure": failed(one)} for one in (row.before, row.after)]


def laid_out(judgment: Judgment) -> TraceView | None:
    """The trace of a judgment, unless it failed."""
    return None if judgment.failure else view_trace(judgment.trace)


def failed(judgment: Judgment) -> str:
    """Why a judgment failed, or nothing."""
    return failure_text(judgment.failure) if judgment.failure else ""
