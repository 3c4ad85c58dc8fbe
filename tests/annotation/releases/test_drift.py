"""How far recent queries are from a release."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from annotation.drift import Finding, Share, drift_of, pieces

NAMES = st.sampled_from("甲乙丙丁")


def queries(**counts: int) -> list[tuple[str, ...]]:
    return [(name,) for name, count in counts.items() for _ in range(count)]


def test_the_same_distribution_is_no_drift() -> None:
    found = drift_of(queries(甲=60, 乙=40), queries(甲=120, 乙=80))
    assert (found.finding, found.divergence, found.released, found.recent) == (Finding.ALIKE, 0.0, 100, 200)
    assert found.shares == (Share("", 0, 0), Share("乙", 0.4, 0.4), Share("甲", 0.6, 0.6))


def test_another_distribution_is_drift_with_what_moved_most_first() -> None:
    found = drift_of(queries(甲=60, 乙=40), queries(甲=30, 乙=40, 丙=30))
    assert (found.finding, [share.name for share in found.shares]) == (Finding.DRIFTED, ["丙", "甲", "", "乙"])
    assert found.p == 1 / 501


def test_nothing_in_common_is_one_bit() -> None:
    assert drift_of(queries(甲=50), queries(乙=50)).divergence == pytest.approx(1)


def test_too_few_queries_say_nothing() -> None:
    found = drift_of(queries(甲=500), queries(乙=49))
    assert (found.finding, found.divergence, found.p) == (Finding.TOO_FEW, None, None)


@given(st.lists(NAMES, min_size=50, max_size=80), st.lists(NAMES, min_size=50, max_size=80))
def test_the_divergence_is_that_of_a_reference(one: list[str], other: list[str]) -> None:
    shares = [[side.count(name) / len(side) for name in "甲乙丙丁"] for side in (one, other)]
    expected = float(jensenshannon(*shares, base=2)) ** 2
    found = drift_of([(name,) for name in one], [(name,) for name in other], deals=1)
    assert found.divergence == pytest.approx(0 if np.isnan(expected) else expected, abs=1e-9)


def test_drift_is_seen_by_chance_as_often_as_is_said() -> None:
    draw = np.random.default_rng(7)
    samples = [[(name,) for name in draw.choice(list("甲乙丙丁"), 150)] for _ in range(120)]
    seen = [drift_of(a, b, deals=200).finding for a, b in zip(samples[::2], samples[1::2], strict=True)]
    assert seen.count(Finding.DRIFTED) <= 8


def test_a_query_of_many_pieces_weighs_as_much_as_one_of_few() -> None:
    found = drift_of([{"甲乙", "乙丙"}] * 50, [{"甲乙"}] * 50)
    expected = (0.5 * log2(0.5 / 0.75) + 0.5 * log2(0.5 / 0.25) + log2(1 / 0.75)) / 2
    assert found.divergence == pytest.approx(expected)


def test_pieces_are_of_two_characters() -> None:
    assert pieces("布洛芬") == {"布洛", "洛芬"}
    assert pieces("药") == {"药"}
    assert pieces(" ") == frozenset()
