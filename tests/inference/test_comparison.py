"""Comparing what two runs said of the same pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.comparison import Cause, Change, causes, change_of, compare
from rules.engine.attributes import Level

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
LEVELS = st.sampled_from([*Level, None])
OUTCOMES = st.dictionaries(st.integers(0, 30), LEVELS, max_size=20)
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


@given(OUTCOMES, OUTCOMES, OUTCOMES)
def test_every_common_pair_is_counted_once(
    before: dict[int, Level | None], after: dict[int, Level | None], expected: dict[int, Level | None]
) -> None:
    found = compare(before, after, expected)
    assert sorted(row.pair for row in found.rows) == sorted(before.keys() & after.keys())
    assert sum(found.counts.values()) == found.total
    assert (found.total + found.only_before, found.total + found.only_after) == (len(before), len(after))


@given(OUTCOMES, OUTCOMES, OUTCOMES)
def test_swapping_the_runs_swaps_fixed_and_broken(
    before: dict[int, Level | None], after: dict[int, Level | None], expected: dict[int, Level | None]
) -> None:
    one, other = compare(before, after, expected), compare(after, before, expected)
    assert {row.pair: MIRROR.get(row.change, row.change) for row in one.rows} == {
        row.pair: row.change for row in other.rows
    }
    assert (one.before, one.after) == (other.after, other.before)


@given(OUTCOMES, OUTCOMES, st.dictionaries(st.integers(0, 30), st.sampled_from(Level), max_size=20))
def test_fixed_less_broken_is_what_accuracy_gains(
    before: dict[int, Level | None], after: dict[int, Level | None], expected: dict[int, Level | None]
) -> None:
    decided = {pair for pair in before.keys() & after.keys() if before[pair] and after[pair]}
    found = compare({p: before[p] for p in decided}, {p: after[p] for p in decided}, expected)
    assert found.counts[Change.FIXED] - found.counts[Change.BROKEN] == found.after.correct - found.before.correct


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
