"""Tests, bounds and intervals against their formulas."""

import os
import subprocess
import sys
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference.binomial import at_least, at_most, lower_share, quantile, upper_share
from inference.metrics import score, wilson
from inference.significance import Flips, differences, lowest_change, lowest_changes, mcnemar, p_in_words
from rules.engine.attributes import LevelClass

H, L, N = LevelClass
ROUNDING = 1e-12
"""Eleven or fewer of 23 fair coins is one half exactly, which no sum of floating-point numbers need be."""
counts = st.integers(0, 60)
cells = st.dictionaries(st.tuples(*[st.sampled_from(LevelClass)] * 3), st.integers(1, 40), min_size=1)


@given(st.integers(0, 40), st.integers(0, 40), st.fractions(0, 1, max_denominator=50))
def test_chances_are_the_sums_of_the_formula(hits: int, trials: int, chance: Fraction) -> None:
    terms = [comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(trials + 1)]
    assert at_most(hits, trials, float(chance)) == pytest.approx(float(sum(terms[: hits + 1])), abs=1e-12)
    assert at_least(hits, trials, float(chance)) == pytest.approx(float(sum(terms[hits:])), abs=1e-12)


@example(23, 0.5, 0.5)
@given(st.integers(0, 500), st.floats(0, 1), st.sampled_from([0.5, 0.8, 0.975]))
def test_a_quantile_is_the_first_that_reaches_its_share(trials: int, chance: float, share: float) -> None:
    found = int(quantile(share, trials, chance))
    assert at_most(found, trials, chance) >= share - ROUNDING
    assert found == 0 or at_most(found - 1, trials, chance) < share + ROUNDING


@given(counts, counts)
def test_a_bound_is_the_share_that_makes_what_was_seen_just_so_unlikely(hits: int, others: int) -> None:
    trials = hits + others
    low, high = float(lower_share(hits, trials, 0.025)), float(upper_share(hits, trials, 0.025))
    assert (low, high) == (low if hits else 0, high if others else 1)
    assert not hits or at_least(hits, trials, low) == pytest.approx(0.025, abs=1e-9)
    assert not others or at_most(hits, trials, high) == pytest.approx(0.025, abs=1e-9)


@given(counts, counts)
def test_mcnemar_is_twice_the_smaller_tail(fixed: int, broken: int) -> None:
    flips = fixed + broken
    tail = sum(Fraction(comb(flips, k), 2**flips) for k in range(min(fixed, broken) + 1))
    assert mcnemar(Flips(fixed, broken, 100)) == pytest.approx(float(min(2 * tail, 1)), abs=1e-12)


def test_mcnemar_of_tables_that_others_worked_out() -> None:
    """Approval of a prime minister (Agresti 2002, table 10.1), by statsmodels; and a small one by hand."""
    assert mcnemar(Flips(fixed=86, broken=150, pairs=1600)) == pytest.approx(3.7159361e-05, rel=1e-6)
    assert mcnemar(Flips(fixed=7, broken=2, pairs=4400)) == pytest.approx(0.1796875, abs=1e-12)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_of_a_share_solves_the_equation_it_stands_for(part: int, others: int) -> None:
    whole = part + others
    found = wilson(part, whole)
    for end in (found.low, found.high) if whole else ():
        assert (part / whole - end) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / whole, abs=1e-9)


def test_without_a_flip_the_lowest_change_is_that_of_trials_without_a_hit() -> None:
    assert lowest_change(Flips(0, 0, 41)) == pytest.approx(0.025 ** (1 / 41) - 1, abs=1e-12)
    assert lowest_change(Flips(0, 0, 0)) == -1


@given(counts, counts, counts)
def test_the_lowest_change_lies_below_the_one_seen(fixed: int, broken: int, same: int) -> None:
    flips = Flips(fixed, broken, fixed + broken + same)
    assert -1 <= lowest_change(flips) <= flips.change + 1e-12


@given(counts, counts, counts)
def test_a_bound_above_nothing_and_mcnemar_agree_on_what_is_better(fixed: int, broken: int, same: int) -> None:
    flips = Flips(fixed, broken, fixed + broken + same)
    assert (lowest_change(flips) > 0) == (mcnemar(flips) < 0.05 and fixed > broken)


@pytest.mark.parametrize("pairs", [1, 5, 30, 60])
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.8])
def test_the_lowest_change_is_too_high_in_at_most_5_of_100(pairs: int, rate: float, part: float) -> None:
    flips, fixed = np.meshgrid(np.arange(pairs + 1), np.arange(pairs + 1), indexing="ij")
    possible = fixed <= flips
    chance = np.where(possible, mass(flips, pairs, rate) * mass(np.minimum(fixed, flips), flips, part), 0)
    bounds = lowest_changes(np.minimum(fixed, flips), flips, pairs, 0.05)
    assert chance.sum() == pytest.approx(1)
    assert chance[bounds > rate * (2 * part - 1) + 1e-12].sum() <= 0.05


def mass(hits: np.ndarray, trials: int | np.ndarray, chance: float) -> np.ndarray:
    return at_most(hits, trials, chance) - at_most(hits - 1, trials, chance)


@given(cells)
def test_the_differences_are_those_of_the_scores(found: dict[tuple[LevelClass, LevelClass, LevelClass], int]) -> None:
    pairs = [cell for cell, n in found.items() for _ in range(n)]
    before, after = score((label, was) for label, was, _now in pairs), score((label, now) for label, _was, now in pairs)
    seen = differences(found)
    assert seen.accuracy.value == pytest.approx(after.accuracy - before.accuracy)
    assert seen.macro_f1.value == pytest.approx(after.macro_f1 - before.macro_f1)


def test_the_interval_of_a_difference_is_that_of_a_mean_of_pairs() -> None:
    found = {(H, H, H): 800, (L, N, L): 120, (N, N, H): 80}
    mean, deviation = 0.04, np.sqrt(0.2 - 0.04**2) / np.sqrt(1000)
    seen = differences(found).accuracy
    assert seen.value == pytest.approx(mean)
    assert (seen.interval.low, seen.interval.high) == (
        pytest.approx(mean - 1.96 * deviation, abs=0.0015),
        pytest.approx(mean + 1.96 * deviation, abs=0.0015),
    )


def test_a_comparison_has_the_same_intervals_whenever_it_is_looked_at() -> None:
    found = {(H, H, H): 80, (L, N, L): 12, (N, N, H): 8}
    assert differences(found) == differences(dict(found))


def test_nothing_compared_leaves_everything_open() -> None:
    nothing = differences({}).macro_f1
    assert (nothing.value, nothing.interval.low, nothing.interval.high) == (0, -1, 1)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.00099, "p < .001"), (0.001, "p = .001"), (0.0042, "p = .004"), (0.18, "p = .18"), (1.0, "p = 1.00")],
)
def test_a_chance_is_written_as_people_write_it(p: float, words: str) -> None:
    assert p_in_words(p) == words


@pytest.mark.slow
def test_shares_and_resampling_agree_with_scipys_own() -> None:
    stats = pytest.importorskip("scipy.stats")
    for part, whole in ((0, 10), (3, 10), (81, 263), (4399, 4400)):
        theirs = stats.binomtest(part, whole).proportion_ci(0.95, "wilson")
        assert (wilson(part, whole).low, wilson(part, whole).high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    gains = np.repeat([0, 1, -1], [800, 120, 80])
    found = differences({(H, H, H): 800, (L, N, L): 120, (N, N, H): 80}).accuracy.interval
    theirs = stats.bootstrap((gains,), np.mean, n_resamples=20000, method="percentile", random_state=1)
    interval = theirs.confidence_interval
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=0.0015)


@pytest.mark.slow
def test_starting_the_application_loads_none_of_the_libraries() -> None:
    started = "import django; django.setup(); import arweb.urls, sys; print({'numpy', 'scipy'} & set(sys.modules))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    found = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.strip() == "set()"
