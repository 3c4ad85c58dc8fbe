"""Tests of annotation/agreement: every figure is what its paper defines, and undefined ones say why."""

import json
from importlib import import_module
from math import isclose, isnan
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.agreement import CLASSES, LEVELS, Alpha, Figure, Reason, agreement_by, agreement_of, between, in_classes
from annotation.agreement import pairwise as pairwise_of
from annotation.shares import Interval
from rules.engine.attributes import Level, LevelClass
from tests.annotation import agreement_by_definition as definition

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level
FROZEN = json.loads(Path(__file__).with_name("fleiss_figures.json").read_text())
RATINGS = st.dictionaries(
    st.integers(0, 30), st.dictionaries(st.integers(0, 3), st.integers(0, 3), max_size=4), max_size=12
)
"""Items with none to four ratings; some are rated by one person, some people rate one item."""


def on_levels(ratings):
    return {item: {who: LEVELS.values[place] for who, place in found.items()} for item, found in ratings.items()}


def same(figure, wanted):
    """Whether a figure is the one wanted to 1e-9, or both are undefined."""
    if wanted is None or isnan(wanted):
        return figure.value is None and figure.reason is not None and figure.interval is None
    return figure.value is not None and isclose(figure.value, float(wanted), rel_tol=0, abs_tol=1e-9)


def rows_of(ratings):
    return [[places.get(who, np.nan) for item, places in sorted(ratings.items())] for who in range(4)]


@settings(max_examples=80, deadline=None)
@given(RATINGS)
def test_figures_of_a_group_are_as_defined(ratings):
    found = agreement_of(on_levels(ratings), resamples=0)
    assert same(found.percent, definition.percent(ratings))
    assert same(found.fleiss, definition.fleiss(ratings, 4))
    assert all(same(found.alphas[kind], definition.alpha(ratings, 4, kind)) for kind in Alpha)


@settings(max_examples=40, deadline=None)
@given(RATINGS)
def test_one_value_against_the_rest_is_as_if_there_were_two(ratings):
    found = agreement_of(on_levels(ratings), resamples=0).values
    for value, one in found.items():
        two = {i: {who: int(LEVELS.values[at] == value) for who, at in r.items()} for i, r in ratings.items()}
        assert same(one.percent, definition.percent(two))
        assert same(one.fleiss, definition.fleiss(two, 2))
        assert same(one.alpha, definition.alpha(two, 2, "nominal"))


@settings(max_examples=60, deadline=None)
@given(RATINGS)
def test_figures_of_two_are_as_defined(ratings):
    for found in pairwise_of(on_levels(ratings), range(4), resamples=0):
        pairs = [(r[found.one], r[found.other]) for r in ratings.values() if found.one in r and found.other in r]
        assert found.items == len(pairs)
        for figure, power in ((found.kappa, 0), (found.linear, 1), (found.quadratic, 2)):
            assert same(figure, definition.cohen(pairs, 4, power))


@settings(max_examples=60, deadline=None)
@given(RATINGS)
def test_alpha_equals_the_reference_library(ratings):
    found = agreement_of(on_levels(ratings), resamples=0)
    if not found.items:
        return
    for kind in Alpha:
        with np.errstate(invalid="ignore"):
            wanted = krippendorff.alpha(
                reliability_data=rows_of(ratings), level_of_measurement=kind.value, value_domain=[0, 1, 2, 3]
            )
        assert same(found.alphas[kind], wanted)


@pytest.mark.parametrize("case", FROZEN, ids=lambda case: f"{case['kappa']:.4f}")
def test_fleiss_equals_the_figures_of_statsmodels(case):
    """Made with `statsmodels.stats.inter_rater.fleiss_kappa` 0.15.0, which is too large to install for it (150 MB)."""
    ratings = {
        item: dict(enumerate(place for place, count in enumerate(row) for _ in range(count)))
        for item, row in enumerate(case["rows"])
    }
    assert same(agreement_of(on_levels(ratings), resamples=0).fleiss, case["kappa"])


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(RATINGS)
def test_cohen_equals_the_reference_library(ratings):
    metrics = import_module("sklearn.metrics")  # two seconds to load, which the fast tests need not wait for
    levelled = on_levels(ratings)
    for found in pairwise_of(levelled, range(4), resamples=0):
        rows = [(r[found.one], r[found.other]) for r in levelled.values() if found.one in r and found.other in r]
        if found.kappa.value is None:
            continue
        one, other = zip(*rows, strict=True)
        for figure, weights in ((found.kappa, None), (found.linear, "linear"), (found.quadratic, "quadratic")):
            assert same(figure, metrics.cohen_kappa_score(one, other, labels=list(LEVELS.values), weights=weights))


@pytest.mark.parametrize(
    ("ratings", "reason", "items"),
    [
        ({}, Reason.NO_OVERLAP, 0),
        ({1: {"a": HIGHLY}, 2: {"a": WEAKLY}}, Reason.ONE_RATER, 0),
        ({1: {"a": HIGHLY}, 2: {"b": WEAKLY}}, Reason.NO_OVERLAP, 0),
        ({1: {"a": HIGHLY, "b": HIGHLY}, 2: {"b": WEAKLY}}, Reason.ONE_VALUE, 1),
    ],
)
def test_an_undefined_figure_says_why(ratings, reason, items):
    assert agreement_of(ratings).alpha == Figure(None, None, items, reason)


def test_two_who_give_one_level_agree_and_have_no_kappa():
    found = between({1: {"a": HIGHLY, "b": HIGHLY}, 2: {"a": HIGHLY, "b": HIGHLY}}, "a", "b")
    assert (found.percent.value, found.kappa) == (1.0, Figure(None, None, 2, Reason.ONE_VALUE))


def test_two_without_overlap_have_a_row_that_says_so():
    (row,) = pairwise_of({1: {"a": HIGHLY}, 2: {"b": HIGHLY}}, ["a"], ["b"])
    assert (row.items, row.percent) == (0, Figure(None, None, 0, Reason.NO_OVERLAP))


def test_people_are_set_against_models_and_not_against_each_other():
    ratings = {1: {"a": HIGHLY, "b": WEAKLY, "model": HIGHLY}}
    rows = [(row.one, row.other, row.percent.value) for row in pairwise_of(ratings, ["a", "b"], ["model"])]
    assert rows == [("a", "model", 1.0), ("b", "model", 0.0)]


def test_one_value_of_two_people_is_set_against_the_rest():
    ratings = {1: {"a": WEAKLY, "b": MODERATELY}, 2: {"a": HIGHLY, "b": HIGHLY}, 3: {"a": IRRELEVANT, "b": HIGHLY}}
    found = between(ratings, "a", "b", value=HIGHLY)
    assert isclose(found.kappa.value, definition.cohen([(0, 0), (1, 1), (0, 1)], 2, 0))


def test_classes_count_moderately_and_weakly_as_one():
    ratings = {1: {"a": WEAKLY, "b": MODERATELY}, 2: {"a": HIGHLY, "b": HIGHLY}}
    found = agreement_of(in_classes(ratings), CLASSES)
    assert (found.percent.value, set(found.values)) == (1.0, {LevelClass.LESS, LevelClass.HIGHLY})


def test_categories_are_measured_apart():
    ratings = {1: {"a": HIGHLY, "b": HIGHLY}, 2: {"a": HIGHLY, "b": WEAKLY}, 3: {"a": HIGHLY, "b": WEAKLY}}
    found = agreement_by(ratings, {1: "drugs", 2: "devices"}, resamples=0)
    assert {group: one.percent.value for group, one in found.items()} == {"drugs": 1.0, "devices": 0.0}


def test_strings_as_stored_are_levels():
    stored = {1: {"a": "highly", "b": "weakly"}, 2: {"a": "weakly", "b": "weakly"}}
    levels = {1: {"a": HIGHLY, "b": WEAKLY}, 2: {"a": WEAKLY, "b": WEAKLY}}
    assert agreement_of(stored) == agreement_of(levels)


def test_a_value_off_the_scale_is_an_error():
    with pytest.raises(KeyError):
        agreement_of({1: {"a": "less", "b": "highly"}})


def test_full_agreement_is_not_certain_agreement():
    ratings = {item: {"a": LEVELS.values[item % 4], "b": LEVELS.values[item % 4]} for item in range(20)}
    found = agreement_of(ratings)
    assert found.alpha.interval == found.percent.interval == Interval(pytest.approx(0.8389, abs=1e-4), 1.0)


def test_one_item_has_no_interval():
    found = agreement_of({1: {"a": HIGHLY, "b": WEAKLY}})
    assert (found.percent.value, found.percent.interval) == (0.0, None)


@pytest.mark.slow
def test_intervals_hold_the_true_figure_as_often_as_they_say():
    chance = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        truths = chance.integers(0, 4, 200)
        given = np.where(chance.random((3, 200)) < 0.8, truths, chance.integers(0, 4, (3, 200)))
        ratings = {item: dict(enumerate(column)) for item, column in enumerate(given.T.tolist())}
        around = agreement_of(on_levels(ratings)).alphas[Alpha.NOMINAL].interval
        held += around.low <= 0.64 <= around.high
    assert 180 <= held <= 199
