"""Two runs side by side, and the pairs between them that changed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.selectors.blind import without_hidden
from inference.comparison import Change
from inference.comparison_files import FILES
from inference.comparison_form import ComparisonFilter, facets
from inference.comparison_tables import tables_of
from inference.enums import ComparisonState, RunState
from inference.models import Comparison, ComparisonRow, Judgment, Run
from inference.selectors.comparisons import (
    RowFilter,
    neighbours,
    opened_row,
    rows_of,
    shown_rows,
    stored_comparison,
    with_texts,
)
from inference.selectors.judge_moves import credited, moved_by_judge
from inference.selectors.judged_texts import titled
from inference.selectors.runs import run_list
from inference.services.comparing import compare_runs
from inference.traces import TraceView, failure_text, view_trace
from inference.verdict import verdict_of
from inference.views.runs import STOP_POLLING, actor

ROWS_A_PAGE = 40
EXPORTED_AT_ONCE = 500


@require_POST
def compare_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare a run with the one chosen beside it, and go there."""
    chosen = request.POST.get("with", "")[:18]
    if not (chosen.isascii() and chosen.isdecimal()):
        return redirect("inference:run", pk)
    return make(request, int(chosen), pk)


@require_POST
def make(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """Have two runs compared, unless they are already, and go to their comparison."""
    first, second = get_object_or_404(Run, pk=before), get_object_or_404(Run, pk=after)
    try:
        compare_runs(by=actor(request), before=first, after=second)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("inference:run", after)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("inference:compare", before, after)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def compare(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What changed from one run to another; the address filters the rows, `open` names the pair laid open."""
    first, second = get_object_or_404(run_list(), pk=before), get_object_or_404(run_list(), pk=after)
    comparison = stored_comparison(first, second)
    if comparison is None or comparison.state != ComparisonState.READY:
        return waiting(request, first, second, comparison)
    if request.headers.get("HX-Target") == "comparing":
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    context = {"before": first, "after": second, "comparison": comparison, **listed(request, comparison)}
    if request.headers.get("HX-Target") == "rows":
        return render(request, "inference/compare.html#rows", context)
    judge = moved_by_judge(comparison)
    verdict = verdict_of(credited(comparison.tally, judge).classes)
    context |= {"verdict": verdict, "by_judge": judge.total(), "tables": tables_of(comparison)}
    return render(request, "inference/compare.html", context)


@require_GET
def export(request: HttpRequest, before: int, after: int, kind: str) -> HttpResponseBase:
    """The rows that the filters of the address let through, written as they are read."""
    if kind not in FILES:
        raise Http404
    comparison = get_object_or_404(Comparison, before__pk=before, after__pk=after, state=ComparisonState.READY)
    rows = with_texts(without_hidden(rows_of(comparison, ComparisonFilter(request.GET).wanted), request.user))
    lines = FILES[kind].lines(titled(comparison, rows.iterator(chunk_size=EXPORTED_AT_ONCE)))
    response = StreamingHttpResponse(lines, content_type=FILES[kind].content_type)
    response["Content-Disposition"] = f'attachment; filename="comparison-{before}-{after}.{kind}"'
    return response


def waiting(request: HttpRequest, before: Run, after: Run, comparison: Comparison | None) -> HttpResponse:
    """What to do about runs that are not compared yet, or how far that has come."""
    ended = RunState.RUNNING not in (before.state, after.state)
    context = {"before": before, "after": after, "comparison": comparison, "ended": ended, "same": before == after}
    part = "#progress" if request.headers.get("HX-Target") == "comparing" else ""
    return render(request, f"inference/comparing.html{part}", context)


def listed(request: HttpRequest, comparison: Comparison) -> dict[str, object]:
    """A page of rows as filtered, with the pair laid open."""
    wanted = ComparisonFilter(request.GET).wanted
    rows = without_hidden(rows_of(comparison, wanted), request.user)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    opened = opened_pair(request)
    row = opened_row(rows, opened) if opened else None
    return {
        "wanted": wanted,
        "tabs": tabs(comparison, wanted),
        "facets": facets(comparison, wanted),
        "page": page,
        "rows": shown_rows(page),
        "opened": opened,
        "sides": sides(row) if row else None,
        "near": neighbours(rows, row, page_size=ROWS_A_PAGE) if row else None,
        "query": request.GET.urlencode(),
    }


def opened_pair(request: HttpRequest) -> int | None:
    """The pair that the address lays open, if any."""
    value = request.GET.get("open", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def tabs(comparison: Comparison, wanted: RowFilter) -> list[dict[str, object]]:
    """The changes to choose from with their counts, the current one marked."""
    counts = comparison.tally.counts
    words = [
        ("", _("Changed in any way"), comparison.tally.moved),
        ("fixed", _("Fixed"), counts[Change.FIXED]),
        ("broken", _("Broken"), counts[Change.BROKEN]),
        ("changed", _("Changed, not fixed or broken"), counts[Change.CHANGED]),
        ("undecided", _("Undecided"), counts[Change.UNDECIDED]),
        ("all", _("All"), comparison.moved),
    ]
    return [{"value": value, "word": word, "count": n, "current": value == wanted.change} for value, word, n in words]


def sides(row: ComparisonRow) -> list[dict[str, object]]:
    """Both judgments of a pair, ready to be laid out beside each other."""
    return [{"judgment": one, "view": laid_out(one), "failure": failed(one)} for one in (row.before, row.after)]


def laid_out(judgment: Judgment) -> TraceView | None:
    """The trace of a judgment, unless it failed."""
    return None if judgment.failure else view_trace(judgment.trace)


def failed(judgment: Judgment) -> str:
    """Why a judgment failed, or nothing."""
    return failure_text(judgment.failure) if judgment.failure else ""
