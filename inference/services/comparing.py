"""Comparing two runs, once: counted in one go, then a row for every pair that moved, so many at a time."""

from collections import Counter
from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.comparison import ORDER, change_of
from inference.enums import ComparisonState, RunState
from inference.models import Comparison, ComparisonRow, Run
from inference.selectors.counting import CountedPairs, MovedPair, count_pairs, held_pairs, moved_pairs
from inference.signals import comparison_waiting
from rules.engine.attributes import Level
from rules.services.audit import record

ROWS_AT_ONCE = 1000
"""Rows stored in one transaction, so that other writers wait for moments only."""
SMALL = 10_000
"""Pairs up to which somebody who asks gets the comparison at once; larger ones are left to a worker."""
NO_RULE = 0


def compare_runs(*, by: User | None, before: Run, after: Run) -> Comparison:
    """The comparison of two runs that have ended: the one there is, or else a new one.

    A new one is made at once where somebody waits for it and it is small, else announced to the workers. `by` is None
    for what the system compares of itself. Raises ValidationError for a run with itself, or one that is under way.
    """
    if before.pk == after.pk:
        raise ValidationError(_("Choose two different runs."))
    if RunState.RUNNING in (before.state, after.state):
        raise ValidationError(_("Runs are compared once both have ended."))
    at_once = by is not None and max(before.total, after.total) <= SMALL
    with transaction.atomic():
        comparison, new = Comparison.objects.get_or_create(before=before, after=after, defaults={"created_by": by})
        if new and by is not None:
            record(by=by, verb="run.compared", subject=f"run:{after.pk}", data={"before": before.pk})
        if new and not at_once:
            announce(comparison)
    if new and at_once:
        make_comparison(comparison_id=comparison.pk)
        comparison.refresh_from_db()
    return comparison


def compare_with_baseline(*, run: Run) -> Comparison | None:
    """Compare a finished run with the one before, if there is one; steps of an ablation are compared when asked."""
    if run.baseline is None or run.ablation_id is not None:
        return None
    return compare_runs(by=None, before=run.baseline, after=run)


def announce(comparison: Comparison) -> None:
    """Once committed, tell the edges that a comparison is to be made."""
    transaction.on_commit(lambda: comparison_waiting.send_robust(Comparison, comparison_id=comparison.pk))


def make_comparison(*, comparison_id: int) -> None:
    """Count two runs and store the rows. Called again it goes on where it was cut off, or does nothing.

    Of two workers at the same one, each stretch of rows is stored by whoever is first, and the other leaves.
    """
    comparison = Comparison.objects.select_related("before", "after").get(pk=comparison_id)
    if comparison.state == ComparisonState.READY:
        return
    found = count_pairs(comparison.before, comparison.after)
    begin(comparison, found)
    held = held_pairs(comparison.after)
    while pairs := moved_pairs(comparison.before, comparison.after, upto=comparison.upto, most=ROWS_AT_ONCE):
        rows = [row_of(comparison, pair, held=held, hard=found.hard_moved) for pair in pairs]
        if not store_rows(comparison, rows):
            return
    finish(comparison, found)


def begin(comparison: Comparison, found: CountedPairs) -> None:
    """Say how much there is to do."""
    working = Comparison.objects.filter(pk=comparison.pk, state=ComparisonState.MAKING)
    working.update(total=found.total, moved=found.moved, worked_at=timezone.now())


def store_rows(comparison: Comparison, rows: Collection[ComparisonRow]) -> bool:
    """Store the rows behind those there are, unless somebody did already."""
    upto = max(row.pair_id for row in rows)
    stored = comparison.stored + len(rows)
    with transaction.atomic():
        mine = Comparison.objects.filter(pk=comparison.pk, state=ComparisonState.MAKING, upto=comparison.upto)
        if not mine.update(upto=upto, stored=stored, worked_at=timezone.now()):
            return False
        ComparisonRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    comparison.upto, comparison.stored = upto, stored
    return True


def finish(comparison: Comparison, found: CountedPairs) -> None:
    """Store what was counted; with that the comparison is there."""
    rules = Counter(
        number
        for listed in comparison.rows.order_by().values_list("rules", flat=True).iterator()
        for number in listed.strip(",").split(",")
        if number
    )
    Comparison.objects.filter(pk=comparison.pk, state=ComparisonState.MAKING).update(
        state=ComparisonState.READY,
        only_before=found.only_before,
        only_after=found.only_after,
        relabelled=found.relabelled,
        retold=found.retold,
        left_out=found.left_out,
        counted={**found.counted, "rules": rules},
        finished_at=timezone.now(),
    )


def row_of(comparison: Comparison, pair: MovedPair, *, held: Collection[int], hard: Collection[int]) -> ComparisonRow:
    """The row of a pair that moved."""
    was, now, expected = (Level(one) if one else None for one in (pair.was, pair.now, pair.expected))
    return ComparisonRow(
        comparison=comparison,
        pair_id=pair.pair,
        before_id=pair.before,
        after_id=pair.after,
        rank=ORDER.index(change_of(was, now, expected)),
        was=pair.was,
        now=pair.now,
        expected=pair.expected,
        category=pair.category,
        must_hold=pair.pair in held,
        hard=pair.pair in hard,
        causes=[[one.number, one.before, one.after] for one in pair.causes],
        rules="".join(f",{one.number or NO_RULE}" for one in pair.causes) + ("," if pair.causes else ""),
        text=pair.text,
    )
