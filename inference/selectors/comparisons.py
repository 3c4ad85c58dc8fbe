"""Stored comparisons: which there is, the rows that filters let through, and where walking on leads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from inference.comparison import MOVED, ORDER, Cause, Change
from inference.enums import ComparisonState, RunState
from inference.models import Comparison, ComparisonRow, Run
from inference.traces import Piece, marked
from rules.engine.attributes import Level

WORDS_SEARCHED = 8
SHOWN: Mapping[str, tuple[Change, ...]] = {
    "": MOVED,
    "fixed": (Change.FIXED,),
    "broken": (Change.BROKEN,),
    "changed": (Change.CHANGED,),
    "undecided": (Change.UNDECIDED,),
    "all": (*MOVED, Change.UNDECIDED),
}
"""What each filter by change lets through."""
FAILED = "failed"
UNKNOWN = "unknown"
"""Stands for pairs of which no category is known."""
CAUGHT_UP = 20
"""Comparisons of earlier runs that are made at a time."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows are wanted; what is empty lets everything through.

    `category` may be UNKNOWN; `rule` is a number, 0 for pairs that no rule moved; `was` and `now` are classes or FAILED.
    """

    change: str = ""
    category: str = ""
    rule: int | None = None
    hard: bool = False
    must_hold: bool = False
    was: str = ""
    now: str = ""
    q: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything beside the change is asked for."""
        return self != RowFilter(change=self.change)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with what the page shows of it. `pieces`: the title with the words marked that the later run recognised."""

    row: ComparisonRow
    pieces: tuple[Piece, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The pairs before and after one in a list of rows, with the pages they are on."""

    previous: int | None = None
    previous_page: int | None = None
    next: int | None = None
    next_page: int | None = None


def stored_comparison(before: Run, after: Run) -> Comparison | None:
    """The comparison of two runs, if it was ever asked for."""
    return Comparison.objects.filter(before=before, after=after).first()


def comparisons_left(*, idle_since: datetime | None = None) -> QuerySet[Comparison]:
    """The comparisons that are not made yet; those that nobody has worked on since a moment."""
    left = Comparison.objects.filter(state=ComparisonState.MAKING).order_by("pk")
    return left if idle_since is None else left.filter(worked_at__lt=idle_since)


def runs_not_compared() -> list[Run]:
    """The newest finished runs that nobody compared with the run before; steps of ablations are compared when asked."""
    made = Comparison.objects.filter(before=OuterRef("baseline"), after=OuterRef("pk"))
    finished = Run.objects.filter(state=RunState.FINISHED, ablation=None, baseline__isnull=False)
    return list(finished.exclude(Exists(made)).select_related("baseline").order_by("-pk")[:CAUGHT_UP])


def rows_of(comparison: Comparison, wanted: RowFilter) -> QuerySet[ComparisonRow]:
    """The rows that a filter lets through, the most telling first."""
    changes = SHOWN.get(wanted.change, SHOWN[""])
    rows = ComparisonRow.objects.filter(comparison=comparison, rank__in=[ORDER.index(one) for one in changes])
    if wanted.category:
        rows = rows.filter(category="" if wanted.category == UNKNOWN else wanted.category)
    if wanted.rule is not None:
        rows = rows.filter(rules__contains=f",{wanted.rule},")
    if wanted.hard:
        rows = rows.filter(hard=True)
    if wanted.must_hold:
        rows = rows.filter(must_hold=True)
    if wanted.was:
        rows = rows.filter(was__in=_levels(wanted.was))
    if wanted.now:
        rows = rows.filter(now__in=_levels(wanted.now))
    for word in wanted.q.split()[:WORDS_SEARCHED]:
        rows = rows.filter(text__icontains=word)
    return rows.order_by("rank", "pair_id")


def with_texts(rows: QuerySet[ComparisonRow]) -> QuerySet[ComparisonRow]:
    """Rows with their texts and judgments."""
    return rows.select_related("pair__query", "pair__product", "before", "after")


def shown_rows(page: Iterable[ComparisonRow]) -> list[ShownRow]:
    """The rows of a page with texts and marks, in one query however many rows there are.

    They are looked up by their ids: a database would join the texts of every row that a late page skips.
    """
    rows = with_texts(ComparisonRow.objects.filter(pk__in=[row.pk for row in page])).order_by("rank", "pair_id")
    read = rows.annotate(read=F("after__traced__content__product"))
    return [ShownRow(row, _pieces(row.read), row.because) for row in read]


def opened_row(rows: QuerySet[ComparisonRow], pair: int) -> ComparisonRow | None:
    """The row of a pair with both traces, if it is among `rows`."""
    return rows.filter(pair=pair).select_related("before__traced", "after__traced").first()


def neighbours(rows: QuerySet[ComparisonRow], row: ComparisonRow, *, page_size: int) -> Neighbours:
    """Where walking on from a row leads, in three queries."""
    earlier = rows.filter(Q(rank__lt=row.rank) | Q(rank=row.rank, pair_id__lt=row.pair_id))
    later = rows.filter(Q(rank__gt=row.rank) | Q(rank=row.rank, pair_id__gt=row.pair_id))
    place = earlier.count()
    previous = earlier.order_by("-rank", "-pair_id").values_list("pair_id", flat=True).first()
    following = later.values_list("pair_id", flat=True).first()
    return Neighbours(
        previous=previous,
        previous_page=(place - 1) // page_size + 1 if previous else None,
        next=following,
        next_page=(place + 1) // page_size + 1 if following else None,
    )


def _levels(name: str) -> Iterable[str]:
    """The levels of a class by its name; of a failed judgment, none."""
    return [""] if name == FAILED else [level.value for level in Level if level.level_class.value == name]


def _pieces(product: Mapping[str, Any] | None) -> tuple[Piece, ...]:
    return marked(product["text"], product["mentions"]) if product else ()
