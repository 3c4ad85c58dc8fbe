"""How many pairs it takes, against simulated and enumerated ones."""

from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.power import POWER, least_pairs, pairs_to_settle, power_to_see, power_to_settle, smallest_seen
from inference.significance import Flips, lowest_change, mcnemar

AGAIN = 1500
seen = st.builds(lambda a, b, c: Flips(a, b, a + b + c), st.integers(0, 12), st.integers(0, 12), st.integers(0, 200))


@pytest.mark.parametrize(("pairs", "noise", "change"), [(10, 0.2, 0.5), (25, 0.0, 0.3), (25, 0.4, 0.4)])
def test_the_power_is_the_sum_over_all_that_can_happen(pairs: int, noise: float, change: float) -> None:
    fix, keep, total = noise / 2 + change, 1 - noise - change, 0.0
    for fixed in range(pairs + 1):
        for broken in range(pairs + 1 - fixed):
            ways = comb(pairs, fixed) * comb(pairs - fixed, broken)
            chance = ways * fix**fixed * (noise / 2) ** broken * keep ** (pairs - fixed - broken)
            total += chance * (fixed > broken and mcnemar(Flips(fixed, broken, pairs)) < 0.05)
    assert power_to_see(change, noise=noise, pairs=pairs) == pytest.approx(total, abs=1e-6)


@given(seen)
def test_the_smallest_change_seen_has_the_power_and_less_has_less(flips: Flips) -> None:
    smallest, noise = smallest_seen(flips), flips.count / max(flips.pairs, 1)
    if smallest is None:
        assert power_to_see(1.0, noise=noise, pairs=flips.pairs) < POWER
    else:
        assert power_to_see(smallest, noise=noise, pairs=flips.pairs) >= POWER
        assert power_to_see(0.97 * smallest, noise=noise, pairs=flips.pairs) < POWER


@given(seen, st.sampled_from([0.02, 0.05, 0.1, 0.3]))
def test_no_more_pairs_are_asked_for_exactly_where_the_fall_is_ruled_out(flips: Flips, fall: float) -> None:
    assert (pairs_to_settle(flips, fall=fall) == 0) == (lowest_change(flips) >= -fall and flips.pairs > 0)


@given(seen, st.sampled_from([0.05, 0.1, 0.3]))
def test_the_pairs_asked_for_settle_it_with_the_power(flips: Flips, fall: float) -> None:
    more = pairs_to_settle(flips, fall=fall)
    assert more is not None
    assert more == 0 or power_to_settle(flips, more=more, fall=fall) >= POWER


@pytest.mark.parametrize("flips", [Flips(0, 0, 5), Flips(10, 10, 200), Flips(3, 1, 41)])
def test_the_power_to_settle_is_how_often_simulated_pairs_do(flips: Flips) -> None:
    more = pairs_to_settle(flips, fall=0.05)
    assert more
    rate = (flips.count + 0.25) / (flips.pairs + 5)
    part = max((flips.fixed + 0.5) / (flips.count + 1), 0.5)
    chances = [rate * part, rate * (1 - part), 1 - rate]
    coming = np.random.default_rng(5).multinomial(more, chances, size=AGAIN)
    whole = [Flips(flips.fixed + a, flips.broken + b, flips.pairs + more) for a, b, _same in coming.tolist()]
    settled = sum(lowest_change(one) >= -0.05 for one in whole) / AGAIN
    assert settled == pytest.approx(power_to_settle(flips, more=more, fall=0.05), abs=0.04)


@given(st.integers(1, 900).map(lambda n: n / 1000))
def test_fewer_than_the_least_pairs_never_rule_out_a_fall(fall: float) -> None:
    least = least_pairs(fall)
    assert lowest_change(Flips(0, 0, least)) >= -fall - 1e-12
    assert least == 1 or lowest_change(Flips(0, 0, least - 1)) < -fall


def test_of_very_many_pairs_the_power_is_that_of_the_normal_distribution() -> None:
    """Of so many flips only some numbers are looked at."""
    pairs, noise, change = 1_000_000, 0.1, 0.0009
    rate = noise + change
    beyond = (change * sqrt(pairs) - NormalDist().inv_cdf(0.975) * sqrt(rate)) / sqrt(rate - change**2)
    assert power_to_see(change, noise=noise, pairs=pairs) == pytest.approx(NormalDist().cdf(beyond), abs=0.003)
