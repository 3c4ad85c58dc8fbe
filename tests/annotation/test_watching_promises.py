"""What annotation/watching promises, by simulation; benchmarks/watching.py prints the same with more of it."""

import numpy as np
import pytest

from annotation.watching import Kind, gold_standing
from benchmarks.watching import RULED, after, false_findings, found_after
from tests.annotation.annotators import clicker, copier, tiring

pytestmark = pytest.mark.slow
TIMES = 60


@pytest.fixture
def chance():
    return np.random.default_rng(23)


def stops(chance, accuracy, times=2000):
    return [gold_standing(row).stopped_after for row in (chance.random((times, 500)) < accuracy).tolist()]


def found_by(found, part=0.95):
    """After how many answers this part of all are found."""
    return float(after(found, part).replace("-", "inf"))


def test_less_than_one_in_a_hundred_who_are_right_in_90_of_100_are_stopped_in_500_gold_answers(chance):
    assert np.mean([one is not None for one in stops(chance, 0.9)]) < 0.01


def test_a_random_clicker_is_stopped_within_14_gold_answers(chance):
    found = stops(chance, 0.25)
    assert found_by(found, 0.5) <= 7
    assert found_by(found) <= 14


@pytest.mark.parametrize(
    ("person", "kind", "answers", "terms", "promised"),
    [
        (copier(), Kind.COPIES, 200, RULED, 200),
        (copier(), Kind.COPIES, 1000, {"overlap": 1}, 900),
        (clicker(), Kind.FAR_OFF, 400, {"overlap": 1}, 160),
        (clicker(), Kind.RANDOM, 200, {"gold": 0.0}, 60),
        (tiring(), Kind.TIRES, 1600, {}, 1000),
    ],
    ids=["copies", "copies, by gold alone", "random, by gold", "random, by others", "tires"],
)
def test_who_does_not_work_is_found_within_the_answers_promised(chance, person, kind, answers, terms, promised):
    assert found_by([found_after(person, kind, answers, terms, chance) for _ in range(TIMES)]) <= promised


@pytest.mark.parametrize("accuracy", [0.85, 0.9, 0.95])
def test_honest_people_are_hardly_ever_suspected(chance, accuracy):
    clear, hinted = false_findings(accuracy, 500, {"accuracy": accuracy}, TIMES, chance)
    assert max(clear.values()) < 0.02
    assert hinted < 0.2
