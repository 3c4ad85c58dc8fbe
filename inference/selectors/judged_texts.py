"""The texts of pairs as runs judged them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from annotation.models import Pair
from inference.models import Comparison, ComparisonRow, Judgment
from inference.selectors.readings import case_digests

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TitledRow:
    """A row of a comparison with the title that was judged."""

    row: ComparisonRow
    title: str


def titles_as_judged(runs: Collection[int], pairs: Mapping[int, Pair]) -> dict[int, str]:
    """The title that each pair had when these runs (ids) judged it; of a judgment older than their keeping today's.

    What is kept with a judgment is shared by all that were taken over by its key, and may be the words of another title
    that reads the same. Where the texts of today are those that were judged, these are told.
    """
    today = case_digests(pairs)
    judged = Judgment.objects.filter(run__in=runs, pair__in=pairs).order_by("-reused", "run_id")
    kept = {
        pair: title
        for pair, case, title in judged.values_list("pair_id", "case", "traced__case__title")
        if title and case != today.get(pair)
    }
    return {pk: kept.get(pk, pair.product.title) for pk, pair in pairs.items()}


def titled(comparison: Comparison, rows: Iterable[ComparisonRow]) -> Iterator[TitledRow]:
    """Rows of a comparison, which come with their texts, some at a time."""
    left, runs = iter(rows), (comparison.before_id, comparison.after_id)
    while some := list(islice(left, AT_ONCE)):
        titles = titles_as_judged(runs, {row.pair_id: row.pair for row in some})
        yield from (TitledRow(row, titles[row.pair_id]) for row in some)
