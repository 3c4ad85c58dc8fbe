"""Thresholds of confidence: the best ones are found, and what they are worth is not measured on what they were tuned on."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.metrics import scores_of
from inference.pipeline.thresholds import Thresholds
from inference.tuning import FOLDS, Goal, Sample, fold_of, tables_of, tune, values_of
from rules.engine.attributes import LevelClass

HIGHLY, LESS, IRRELEVANT = LevelClass
BESIDE = {HIGHLY: LESS, LESS: IRRELEVANT, IRRELEVANT: LESS}
CLASS = st.sampled_from(list(LevelClass))
SAMPLES = st.lists(
    st.builds(
        lambda labelled, judged, confidence, group: Sample(labelled, judged, BESIDE.get(judged), confidence, group),
        CLASS,
        st.sampled_from([*LevelClass, None]),
        st.sampled_from([None, 0.1, 0.4, 0.5, 0.9, 1.0]),
        st.sampled_from("abcdefghij"),
    ),
    max_size=40,
)


def planted(count: int = 300, *, at: float = 0.6, name: LevelClass = HIGHLY, noise: float = 0.0) -> list[Sample]:
    """Judgments of one class that are right from a confidence on and of the class beside it below; the others right."""
    rng = random.Random(7)
    made = [Sample(other, other, BESIDE[other], 0.9, f"r{n}") for n in range(count) for other in LevelClass]
    for n in range(count):
        confidence = round(rng.uniform(0.2, 1.0), 3)
        right = (confidence >= at) is not (rng.random() < noise)
        made.append(Sample(name if right else BESIDE[name], name, BESIDE[name], confidence, f"q{n}"))
    return made


def right(samples: Sequence[Sample], thresholds: Thresholds) -> int:
    return sum(one.under(thresholds) is one.labelled for one in samples)


@pytest.mark.parametrize("name", list(LevelClass))
@pytest.mark.parametrize("goal", [Goal.MACRO_F1, Goal.ACCURACY])
def test_a_planted_threshold_is_found(name: LevelClass, goal: Goal) -> None:
    samples = planted(name=name)
    tuned = tune(samples, goal)
    assert 0.55 < tuned.chosen.of(name) < 0.65
    assert [tuned.chosen.of(other) for other in LevelClass if other is not name] == [0, 0]
    scores = scores_of(Counter({(label, now): n for (label, _was, now), n in tuned.outcomes.items()}))
    assert scores.accuracy > 0.97 > right(samples, Thresholds()) / len(samples)


def test_a_planted_threshold_is_found_in_noise() -> None:
    tuned = tune(planted(600, noise=0.15), Goal.ACCURACY)
    assert 0.5 < tuned.chosen.highly < 0.7
    assert tuned.between(HIGHLY)[0] > 0.45


def test_where_confidence_says_nothing_no_gain_is_shown() -> None:
    rng = random.Random(3)
    samples = [
        Sample(rng.choice((HIGHLY, HIGHLY, LESS)), HIGHLY, LESS, round(rng.random(), 3), f"q{n}") for n in range(400)
    ]
    tuned = tune(samples, Goal.ACCURACY)
    measured = sum(n for (label, _was, now), n in tuned.outcomes.items() if label is now)
    assert measured <= right(samples, tuned.chosen)
    assert measured <= right(samples, Thresholds()) + 4


@settings(deadline=None, max_examples=40)
@given(SAMPLES, st.sampled_from([Goal.ACCURACY, Goal.MACRO_F1]))
def test_no_other_thresholds_are_better(samples: list[Sample], goal: Goal) -> None:
    def score(thresholds: Thresholds) -> float:
        scores = scores_of(Counter((one.labelled, one.under(thresholds)) for one in samples))
        return scores.accuracy if goal is Goal.ACCURACY else scores.macro_f1

    every = product(*(values_of(samples, name) for name in LevelClass))
    assert score(tune(samples, goal).chosen) == pytest.approx(max(score(Thresholds(*one)) for one in every))


@settings(deadline=None, max_examples=25)
@given(SAMPLES, st.data())
def test_the_thresholds_of_a_fold_do_not_know_its_labels(samples: list[Sample], data: st.DataObject) -> None:
    before = tune(samples)
    fold = data.draw(st.integers(0, FOLDS - 1))
    retold = [replace(one, labelled=data.draw(CLASS)) if fold_of(one.group) == fold else one for one in samples]
    assert tune(retold).folds[fold] == before.folds[fold]


@settings(deadline=None, max_examples=25)
@given(SAMPLES)
def test_every_sample_is_counted_once(samples: list[Sample]) -> None:
    tables, tuned = tables_of(samples), tune(samples)
    assert (
        sum(tuned.outcomes.values())
        == len(samples)
        == tables.staying.sum() + sum(counts[:, 0].sum() for counts in tables.moving.values())
    )
    for name, points in tuned.curves.items():
        scores = [
            scores_of(
                Counter((one.labelled, one.under(Thresholds(**{name.value: point.threshold}))) for one in samples)
            )
            for point in points
        ]
        assert [point.f1s for point in points] == [
            pytest.approx(tuple(one.classes[other].f1 for other in LevelClass)) for one in scores
        ]
        assert [point.precision.value for point in points] == [one.classes[name].precision for one in scores]
        assert [point.recall.value for point in points] == [one.classes[name].recall for one in scores]


def test_judgments_that_no_threshold_reaches_stay() -> None:
    fixed = [Sample(LESS, HIGHLY, None, 0.1), Sample(LESS, HIGHLY, LESS, None), Sample(LESS, None, LESS, 0.1)]
    assert [one.under(Thresholds(1, 1, 1)) for one in fixed] == [HIGHLY, HIGHLY, None]
    assert tune(fixed).movable == 0
