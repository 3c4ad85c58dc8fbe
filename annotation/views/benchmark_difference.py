"""How two releases of a benchmark differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.models import Benchmark, BenchmarkRelease, ReleasedPair
from annotation.release_shown import ShownRow, row_shown
from annotation.selectors.benchmark_releases import (
    CHANGE_LABELS,
    Change,
    Difference,
    counts_of,
    differences,
    rows_by_id,
    without_rows,
)
from annotation.selectors.blind import hidden_rows

PAGE_SIZE = 50
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A pair in both releases, as far as it is in them."""

    words: tuple[str, ...]
    before: ShownRow | None
    after: ShownRow | None

    @property
    def shown(self) -> ShownRow:
        """The pair as the later one has it."""
        found = self.after or self.before
        assert found is not None
        return found


@require_safe
def compare(request: HttpRequest, slug: str, before: int, after: int) -> HttpResponse:
    """The pairs that are not the same in two releases, either way round."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    old, new = (get_object_or_404(BenchmarkRelease, benchmark=benchmark, number=one) for one in (before, after))
    found = without_rows(differences(old, new), hidden_rows([old, new], request.user))
    kind = request.GET.get("kind", "")
    chosen = [one for one in found if kind in one.changes] if kind in list(Change) else found
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = counts_of(found)
    context = {
        "benchmark": benchmark,
        "before": old,
        "after": new,
        "kind": kind,
        "kinds": [(one.value, _(CHANGE_LABELS[one]), counts[one]) for one in Change],
        "total": len(found),
        "page": page,
        "rows": shown(list(page)),
    }
    return render(request, "annotation/benchmark_difference.html", context)


@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """To the difference of the two releases that were chosen."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    asked = [request.GET.get(name, "").strip().lstrip("#") for name in ("before", "after")]
    numbers = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) <= MOST_DIGITS]
    if len(numbers) == len(asked) and benchmark.releases.filter(number__in=numbers).count() == len(set(numbers)):
        return redirect("annotation:compare_benchmark_releases", slug, *numbers)
    messages.error(request, _("Choose two releases by their numbers; one of these there is not."))
    return redirect("annotation:benchmark_releases", slug)


def shown(found: list[Difference]) -> list[ShownDifference]:
    """The pairs with what both releases say of them."""
    rows = rows_by_id([pk for one in found for pk in (one.before, one.after) if pk is not None])
    return [_shown(one, rows) for one in found]


def _shown(one: Difference, rows: Mapping[int, ReleasedPair]) -> ShownDifference:
    before, after = (row_shown(rows[pk]) if pk is not None else None for pk in (one.before, one.after))
    return ShownDifference(tuple(_(CHANGE_LABELS[change]) for change in one.changes), before, after)
