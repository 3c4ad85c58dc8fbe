"""What the gate answers, and that too few pairs never read passed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.binomial import exactly
from inference.gate import Answer, Found, Gate, Need, Terms, gate
from inference.power import least_pairs
from inference.significance import Flips, lowest_change
from rules.engine.attributes import LevelClass
from tests.inference.noisy_judge import NoisyJudge

H, L, N = LevelClass
NONE = Flips(0, 0, 1500)
"""A class that nothing happens to."""


def asked(fixed: int, broken: int, touched: int, *, terms: Terms | None = None, critical: int = 0) -> Gate:
    """The gate on a benchmark of 4,500 pairs, every flip of a pair labelled highly."""
    classes = {H: Flips(fixed, broken, 1500), L: NONE, N: NONE}
    return gate(Found(Flips(fixed, broken, touched), classes, critical), terms or Terms())


@pytest.mark.parametrize(
    ("fixed", "broken", "touched", "answer", "need"),
    [
        (0, 0, 41, Answer.PASSED, None),
        (7, 2, 41, Answer.PASSED, None),
        (12, 1, 41, Answer.PASSED, None),
        (0, 0, 20, Answer.UNDERPOWERED, Need.TOUCHED),
        (3, 1, 41, Answer.UNDERPOWERED, Need.TOUCHED),
        (0, 5, 41, Answer.UNDERPOWERED, Need.TOUCHED),
        (1, 0, 1, Answer.UNDERPOWERED, Need.FEWEST),
        (0, 0, 0, Answer.UNDERPOWERED, Need.FEWEST),
        (0, 6, 41, Answer.FAILED, Need.WORSE),
        (2, 11, 41, Answer.FAILED, Need.WORSE),
    ],
)
def test_the_answer_to_a_change(fixed: int, broken: int, touched: int, answer: Answer, need: Need | None) -> None:
    found = asked(fixed, broken, touched)
    assert (found.answer, found.decisive.need if need else None) == (answer, need)


def test_a_critical_pair_that_breaks_fails_whatever_is_fixed() -> None:
    assert asked(30, 1, 41, critical=1).decisive.need is Need.CRITICAL
    assert asked(30, 1, 41, critical=1, terms=Terms(hold_critical=False)).answer is Answer.PASSED


def test_more_broken_than_may_be_fails_whatever_is_fixed() -> None:
    assert asked(30, 4, 41, terms=Terms(most_broken=3)).decisive.need is Need.BROKEN
    assert asked(30, 3, 41, terms=Terms(most_broken=3)).answer is Answer.PASSED


def test_a_class_that_falls_further_than_it_may_fails_though_the_whole_is_better() -> None:
    classes = {H: Flips(200, 0, 1500), L: Flips(0, 100, 1500), N: NONE}
    line = gate(Found(Flips(200, 100, 400), classes), Terms()).decisive
    assert (line.need, line.about, line.answer) == (Need.CLASS, L, Answer.FAILED)


def test_a_class_of_too_few_pairs_leaves_it_open_and_says_how_many_more() -> None:
    classes = {H: Flips(40, 0, 1500), L: Flips(0, 0, 30), N: NONE}
    line = gate(Found(Flips(40, 0, 41), classes), Terms()).decisive
    assert (line.need, line.about, line.answer) == (Need.CLASS, L, Answer.UNDERPOWERED)
    assert line.more and line.more >= least_pairs(0.05) - 30


def test_a_class_without_a_pair_is_never_ruled_out() -> None:
    assert gate(Found(Flips(40, 0, 41), {H: Flips(40, 0, 1500)}), Terms()).answer is Answer.UNDERPOWERED


def test_how_many_more_are_asked_for_is_at_least_the_fewest() -> None:
    found = asked(3, 0, 3, terms=Terms(touched_fall=0.9, fewest_touched=50))
    assert (found.decisive.need, found.decisive.more) == (Need.FEWEST, 47)


found = st.builds(
    lambda rows, critical: Found(
        Flips(*(sum(row[part] for row in rows) for part in range(2)), sum(sum(row) for row in rows)),
        {name: Flips(a, b, a + b + c) for name, (a, b, c) in zip(LevelClass, rows, strict=True)},
        critical,
    ),
    st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 99))] * 3),
    st.integers(0, 1),
)
terms = st.builds(
    Terms,
    hold_critical=st.booleans(),
    most_broken=st.none() | st.integers(0, 5),
    class_fall=st.sampled_from([0.02, 0.05, 0.3]),
    touched_fall=st.sampled_from([0.02, 0.1, 0.5]),
    fewest_touched=st.integers(1, 20),
)


@given(found, terms)
def test_only_what_rules_out_every_fall_passes(seen: Found, asked_for: Terms) -> None:
    answer = gate(seen, asked_for).answer
    if answer is Answer.PASSED:
        assert seen.touched.pairs >= asked_for.fewest_touched
        assert lowest_change(seen.touched) >= -asked_for.touched_fall
        assert all(lowest_change(one) >= -asked_for.class_fall for one in seen.classes.values())
        assert not (asked_for.hold_critical and seen.critical)
        assert asked_for.most_broken is None or seen.touched.broken <= asked_for.most_broken


@given(found, terms)
def test_what_is_left_open_names_how_many_pairs_more(seen: Found, asked_for: Terms) -> None:
    assert all(bool(line.more) == (line.answer is Answer.UNDERPOWERED) for line in gate(seen, asked_for).lines)


@given(st.integers(0, 35), st.integers(0, 35), terms)
def test_too_few_pairs_without_a_fix_never_read_passed(broken: int, same: int, asked_for: Terms) -> None:
    touched = Flips(0, broken, broken + same)
    answer = gate(Found(touched, {H: Flips(0, broken, 1500), L: NONE, N: NONE}), asked_for).answer
    assert answer is not Answer.PASSED or touched.pairs >= least_pairs(asked_for.touched_fall)


@pytest.mark.parametrize("touched", [5, 30])
@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 1.0])
def test_a_harm_as_large_as_may_be_passes_at_most_5_of_100_times(touched: int, rate: float) -> None:
    """Exactly: over all that can happen to pairs of which a tenth more are broken than fixed."""
    part, passing = (1 - 0.1 / rate) / 2, 0.0
    flips, fixes = np.arange(touched + 1), np.arange(touched + 1)[:, None]
    chances = exactly(flips, touched, rate) * np.where(
        fixes <= flips, exactly(fixes, np.maximum(flips, fixes), part), 0
    )
    assert chances.sum() == pytest.approx(1)
    for (fixed, count), chance in np.ndenumerate(chances):
        if chance > 1e-6 and asked(fixed, count - fixed, touched).answer is Answer.PASSED:
            passing += chance
    assert passing <= 0.05


def test_a_judge_that_errs_by_chance_fails_at_most_5_of_100_times() -> None:
    judge = NoisyJudge(300, noise=0.2, seed=6)
    failed = sum(gate(found_in(one), Terms()).answer is Answer.FAILED for one in judge.comparisons(300))
    assert failed <= 15


def found_in(outcomes: dict[tuple[LevelClass | None, ...], int]) -> Found:
    """A comparison as the gate sees it when a change touches every pair."""
    flips = {name: np.zeros(3, int) for name in LevelClass}
    for (labelled, was, now), n in outcomes.items():
        assert labelled
        flips[labelled] += [n * (was != labelled == now), n * (was == labelled != now), n]
    return Found(Flips(*map(int, sum(flips.values()))), {name: Flips(*map(int, one)) for name, one in flips.items()})
