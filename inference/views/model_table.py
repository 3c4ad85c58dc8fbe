"""The models side by side: runs of several configurations over one benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation.models import Benchmark
from inference.model_table_files import csv_lines
from inference.models import Run
from inference.selectors.model_table import MOST, benchmarks_judged, newest_of_each, rows_of, runs_to_choose

RUNS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address asks for: runs over one benchmark, and the one that the others are held against."""

    benchmark: Benchmark | None
    runs: Sequence[Run]
    against: Run | None
    too_many: bool


@require_safe
def model_table(request: HttpRequest) -> HttpResponse:
    """The table of the runs that the address names, or of the newest of each configuration; and runs to choose from."""
    benchmarks = list(benchmarks_judged())
    chosen = chosen_by(request, benchmarks)
    if chosen.benchmark is None:
        return render(request, "inference/model_table.html", {"benchmarks": benchmarks})
    rows = rows_of(chosen.runs, against=chosen.against)
    page = Paginator(runs_to_choose(chosen.benchmark), RUNS_A_PAGE).get_page(request.GET.get("page"))
    listed = {run.pk for run in page}
    context = {
        "benchmarks": benchmarks,
        "chosen": chosen,
        "picked": {run.pk for run in chosen.runs},
        "elsewhere": [run.pk for run in chosen.runs if run.pk not in listed],
        "rows": rows,
        "page": page,
        "most": MOST,
        "other_pairs": len({row.summary.scores.pairs for row in rows}) > 1,
        "query": request.GET.urlencode(),
    }
    return render(request, "inference/model_table.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same table as a file."""
    chosen = chosen_by(request, list(benchmarks_judged()))
    rows = rows_of(chosen.runs, against=chosen.against)
    response = HttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="models.csv"'
    return response


def chosen_by(request: HttpRequest, benchmarks: Sequence[Benchmark]) -> Chosen:
    """What an address asks for; runs over another benchmark, and what it does not understand, are left out."""
    named = list(dict.fromkeys(number(one) for one in request.GET.getlist("run")))
    benchmark = benchmark_of(request.GET.get("benchmark", ""), named, benchmarks)
    if benchmark is None:
        return Chosen(None, (), None, too_many=False)
    held = number(request.GET.get("against", ""))
    wanted = named or list(dict.fromkeys([*([held] if held else []), *newest_of_each(benchmark)]))
    found = {run.pk: run for run in runs_to_choose(benchmark).filter(pk__in=wanted)}
    runs = [found[pk] for pk in wanted if pk in found]
    against = found.get(held)
    kept = runs[:MOST]
    against = against if against in kept else next(reversed(kept), None)
    return Chosen(benchmark, kept, against, too_many=len(runs) > MOST)


def benchmark_of(slug: str, runs: Sequence[int], benchmarks: Sequence[Benchmark]) -> Benchmark | None:
    """The benchmark that is named, or that of the runs, or the first."""
    named = next((one for one in benchmarks if one.slug == slug), None)
    if named is None and runs:
        ran = Run.objects.filter(pk__in=runs).values_list("benchmark", flat=True)
        named = next((one for one in benchmarks if one.pk in set(ran)), None)
    return named or next(iter(benchmarks), None)


def number(text: str) -> int:
    """The id that a text is; 0, which nothing has, for any other."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
