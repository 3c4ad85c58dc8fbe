"""Comparing what two runs said of the same pairs."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.comparison import Cause, Change, Said, Tally, causes, change_of, compare
from inference.metrics import score
from rules.engine.attributes import Level

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
LEVELS = st.sampled_from([*Level, None])
SAID = st.builds(Said, LEVELS, LEVELS, st.sampled_from(["", "one", "two"]))
RUNS = st.dictionaries(st.integers(0, 30), SAID, max_size=20)
MIRROR = {Change.FIXED: Change.BROKEN, Change.BROKEN: Change.FIXED}


@pytest.mark.parametrize(
    ("before", "after", "expected", "change"),
    [
        (IRRELEVANT, HIGHLY, HIGHLY, Change.FIXED),
        (HIGHLY, WEAKLY, HIGHLY, Change.BROKEN),
        (MODERATELY, WEAKLY, WEAKLY, Change.CHANGED),
        (IRRELEVANT, WEAKLY, HIGHLY, Change.CHANGED),
        (IRRELEVANT, HIGHLY, None, Change.CHANGED),
        (IRRELEVANT, WEAKLY, MODERATELY, Change.FIXED),
        (WEAKLY, WEAKLY, HIGHLY, Change.SAME),
        (None, HIGHLY, HIGHLY, Change.UNDECIDED),
        (HIGHLY, None, HIGHLY, Change.UNDECIDED),
        (None, None, HIGHLY, Change.UNDECIDED),
    ],
)
def test_what_became_of_a_pair(
    before: Level | None, after: Level | None, expected: Level | None, change: Change
) -> None:
    assert change_of(before, after, expected) is change


@given(RUNS, RUNS)
def test_every_pair_is_in_a_row_or_left_out(before: dict[int, Said], after: dict[int, Said]) -> None:
    found = compare(before, after)
    both = len(found.rows) + found.left_out
    assert {row.pair for row in found.rows} <= before.keys() & after.keys()
    assert (both + found.only_before, both + found.only_after) == (len(before), len(after))
    assert max(found.relabelled, found.retold) <= found.left_out <= found.relabelled + found.retold


@given(RUNS, RUNS)
def test_the_tally_counts_every_row_once(before: dict[int, Said], after: dict[int, Said]) -> None:
    found = compare(before, after)
    rows = Counter(row.change for row in found.rows)
    assert found.tally.counts == {change: rows[change] for change in Change}
    assert found.tally.before == score((row.expected, row.before) for row in found.rows if row.expected)
    assert found.tally.after == score((row.expected, row.after) for row in found.rows if row.expected)


@given(RUNS, RUNS)
def test_swapping_the_runs_swaps_fixed_and_broken(before: dict[int, Said], after: dict[int, Said]) -> None:
    one, other = compare(before, after), compare(after, before)
    assert {row.pair: MIRROR.get(row.change, row.change) for row in one.rows} == {
        row.pair: row.change for row in other.rows
    }
    assert (one.tally.before, one.tally.after) == (other.tally.after, other.tally.before)


@given(RUNS, RUNS)
def test_fixed_less_broken_is_what_accuracy_gains(before: dict[int, Said], after: dict[int, Said]) -> None:
    tally = Tally({cell: n for cell, n in compare(before, after).tally.cells.items() if cell[1] and cell[2]})
    gained = tally.after.correct - tally.before.correct
    assert tally.counts[Change.FIXED] - tally.counts[Change.BROKEN] == gained


@pytest.mark.parametrize(
    ("before", "after", "left_out"),
    [
        (Said(HIGHLY, HIGHLY, "one"), Said(WEAKLY, HIGHLY, "one"), (0, 0, 0)),
        (Said(HIGHLY, HIGHLY, "one"), Said(WEAKLY, WEAKLY, "one"), (1, 0, 1)),
        (Said(HIGHLY, HIGHLY, "one"), Said(WEAKLY, HIGHLY, "two"), (0, 1, 1)),
        (Said(HIGHLY, HIGHLY, "one"), Said(WEAKLY, WEAKLY, "two"), (1, 1, 1)),
        (Said(HIGHLY, None, ""), Said(WEAKLY, WEAKLY, "two"), (0, 0, 0)),
    ],
)
def test_only_what_is_the_same_is_compared(before: Said, after: Said, left_out: tuple[int, int, int]) -> None:
    found = compare({1: before}, {1: after})
    assert (found.relabelled, found.retold, found.left_out) == left_out
    assert len(found.rows) == 1 - found.left_out


def test_a_label_that_one_run_knows_counts_for_both() -> None:
    found = compare({1: Said(HIGHLY, HIGHLY)}, {1: Said(WEAKLY)})
    assert [row.change for row in found.rows] == [Change.BROKEN]


def trace(*rules: tuple[int, int, str], line: int = 3) -> dict[str, object]:
    """A trace in which rules (number, version, outcome) were recalled."""
    return {
        "line": line,
        "recalled": [{"number": number, "version": version} for number, version, _ in rules],
        "steps": [{"number": number, "version": version, "outcome": outcome} for number, version, outcome in rules],
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (trace((1, 1, "applied")), trace((1, 2, "applied")), (Cause(1, 1, 2),)),
        (trace((1, 1, "applied")), trace(), (Cause(1, 1, None),)),
        (trace((2, 1, "applied")), trace((2, 1, "overruled"), (5, 1, "applied")), (Cause(5, None, 1),)),
        (trace((2, 1, "unchanged")), trace((2, 2, "unchanged"), (5, 1, "applied")), (Cause(5, None, 1),)),
        (trace((2, 1, "applied"), line=3), trace((2, 1, "applied"), line=4), (Cause(None, 3, 4),)),
    ],
)
def test_what_a_change_rests_on(before: dict, after: dict, expected: tuple[Cause, ...]) -> None:
    assert causes(before, after) == expected
