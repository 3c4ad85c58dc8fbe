"""Comparisons of two runs, and the pages of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inference.comparison import MOVED, Cause, Change, Comparison, Row, causes, compare
from inference.models import Judgment, Run
from inference.traces import Piece, marked
from rules.engine.attributes import Level

SHOWN: Mapping[str, tuple[Change, ...]] = {
    "": MOVED,
    "fixed": (Change.FIXED,),
    "broken": (Change.BROKEN,),
    "changed": (Change.CHANGED,),
    "undecided": (Change.UNDECIDED,),
    "all": tuple(Change),
}
"""What each filter of the page lets through."""

LEVELS: Mapping[str, Level | None] = {"": None} | {level.value: level for level in Level}


@dataclass(frozen=True, slots=True)
class PairRow:
    """A row of a comparison with what the page shows of it."""

    row: Row
    before: Judgment
    after: Judgment
    causes: tuple[Cause, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The title with the words marked that the later run recognised; empty where it failed."""
        product = self.after.trace.get("product")
        return marked(product["text"], product["mentions"]) if product else ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The pairs before and after one in a list of rows, with the pages they are on."""

    previous: int | None = None
    previous_page: int | None = None
    next: int | None = None
    next_page: int | None = None


def compare_runs(before: Run, after: Run) -> Comparison:
    """Compare two runs, in two queries. Where a label changed between them, the later run's counts for both."""
    earlier, later = _outcomes(before), _outcomes(after)
    return compare(
        {pair: LEVELS[level] for pair, level, _expected in earlier},
        {pair: LEVELS[level] for pair, level, _expected in later},
        {pair: LEVELS[expected] for pair, _level, expected in (*earlier, *later)},
    )


def filled(rows: Sequence[Row], before: Run, after: Run) -> list[PairRow]:
    """Some rows with judgments, texts and causes, in two queries however many rows there are."""
    pairs = [row.pair for row in rows]
    was, now = (_judgments(run, pairs) for run in (before, after))
    return [PairRow(row, was[row.pair], now[row.pair], _causes(row, was[row.pair], now[row.pair])) for row in rows]


def neighbours(rows: Sequence[Row], pair: int, *, page_size: int) -> Neighbours:
    """Where walking on from a pair leads."""
    at = next((index for index, row in enumerate(rows) if row.pair == pair), None)
    if at is None:
        return Neighbours()
    previous, following = at - 1 if at > 0 else None, at + 1 if at + 1 < len(rows) else None
    return Neighbours(
        previous=rows[previous].pair if previous is not None else None,
        previous_page=previous // page_size + 1 if previous is not None else None,
        next=rows[following].pair if following is not None else None,
        next_page=following // page_size + 1 if following is not None else None,
    )


def _outcomes(run: Run) -> list[tuple[int, str, str]]:
    return list(Judgment.objects.filter(run=run).order_by().values_list("pair_id", "level", "expected"))


def _judgments(run: Run, pairs: Sequence[int]) -> dict[int, Judgment]:
    found = Judgment.objects.filter(run=run, pair__in=pairs).select_related("pair__query", "pair__product", "traced")
    return {judgment.pair_id: judgment for judgment in found}


def _causes(row: Row, before: Judgment, after: Judgment) -> tuple[Cause, ...]:
    return causes(before.trace, after.trace) if row.change in MOVED else ()
