"""A benchmark that simulated people label, one of whom does not work as asked, while models vote on every pair.

Some pairs are hard: people and models err more on them, and mostly with the same wrong level, so that honest people
agree with wrong votes more often than chance would have it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotation.watching import Answer, Known
from rules.engine.attributes import Level

LEVELS = ("irrelevant", "weakly", "moderately", "highly")
SHARES = (0.3, 0.15, 0.2, 0.35)
HARD = 0.2
"""The share of hard pairs; on them errors are four times as frequent as on the others."""
LURED = 0.7
"""How many of all errors are the one level that is easily mistaken for the right one."""
SITTING = 200
"""Answers between two breaks."""
PAUSE = 7200.0


@dataclass(frozen=True)
class Pairs:
    """The truth of every pair, the level it is easily mistaken for, and whether it is hard, gold, and voted what."""

    truths: np.ndarray
    lures: np.ndarray
    hard: np.ndarray
    gold: np.ndarray
    votes: np.ndarray


Labels = Callable[[Pairs, np.ndarray, np.random.Generator], np.ndarray]
"""A person: the levels they give to some pairs, in their order."""


@dataclass(frozen=True)
class Project:
    """What everyone answered, in their order, and what is known of each pair."""

    answers: dict[int, list[Answer]]
    known: dict[int, Known]


def pairs_of(count: int, chance: np.random.Generator, *, votes: float = 0.85, gold: float = 0.1) -> Pairs:
    """Pairs on which the models' vote is right as often as `votes` says, a share of them gold."""
    truths = chance.choice(4, size=count, p=SHARES)
    lures = np.clip(truths + chance.choice([-1, 1], size=count), 0, 3)
    lures = np.where(lures == truths, np.where(truths == 0, 1, 2), lures)
    pairs = Pairs(truths, lures, chance.random(count) < HARD, chance.random(count) < gold, truths)
    return Pairs(truths, lures, pairs.hard, pairs.gold, answered(pairs, np.arange(count), votes, chance))


def answered(pairs: Pairs, places: np.ndarray, accuracy: float | np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The levels somebody of this accuracy gives: errors fall on hard pairs, and on the lure."""
    easy_error = (1 - np.asarray(accuracy)) / (1 + 3 * HARD)
    wrong = chance.random(len(places)) < np.where(pairs.hard[places], 4, 1) * easy_error
    lured = chance.random(len(places)) < LURED
    errors = np.where(lured, pairs.lures[places], (pairs.truths[places] + chance.integers(1, 4, len(places))) % 4)
    return np.where(wrong, errors, pairs.truths[places])


def honest(accuracy: float) -> Labels:
    """Works as asked."""
    return lambda pairs, places, chance: answered(pairs, places, accuracy, chance)


def copier(slips: float = 0.03) -> Labels:
    """Gives the models' vote, but for slips."""
    return lambda pairs, places, chance: np.where(
        chance.random(len(places)) < slips, chance.integers(0, 4, len(places)), pairs.votes[places]
    )


def clicker() -> Labels:
    """Clicks at random."""
    return lambda pairs, places, chance: chance.integers(0, 4, len(places))


def tiring(fresh: float = 0.92, tired: float = 0.5) -> Labels:
    """Gets worse from the beginning of every sitting to its end."""

    def labels(pairs: Pairs, places: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        along = (np.arange(len(places)) % SITTING) / SITTING
        return answered(pairs, places, fresh - (fresh - tired) * along, chance)

    return labels


def project(
    suspect: Labels,
    each: int,
    chance: np.random.Generator,
    *,
    overlap: int = 2,
    team: int = 5,
    accuracy: float = 0.9,
    votes: float = 0.85,
    gold: float = 0.1,
    rulings: bool = False,
) -> Project:
    """Person 0 is the suspect, the others are honest; everyone labels `each` pairs, and each pair has `overlap`.

    With `rulings` every pair whose labels differ in class has been ruled on, rightly.
    """
    people = team + 1
    pairs = pairs_of(-(-each * people // overlap), chance, votes=votes, gold=gold)
    theirs = _assigned(len(pairs.truths), people, overlap, chance)
    given = {
        person: (suspect if person == 0 else honest(accuracy))(pairs, np.array(places), chance)
        for person, places in theirs.items()
    }
    labels: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for person, places in theirs.items():
        for place, level in zip(places, given[person].tolist(), strict=True):
            labels[place][person] = LEVELS[level]
    return Project(
        {person: _answers(places, given[person].tolist(), chance) for person, places in theirs.items()},
        {place: _known(pairs, place, labels[place], rulings) for place in range(len(pairs.truths))},
    )


def _assigned(count: int, people: int, overlap: int, chance: np.random.Generator) -> dict[int, list[int]]:
    theirs: dict[int, list[int]] = {person: [] for person in range(people)}
    for place in range(count):
        free = chance.random(people)
        for person in sorted(range(people), key=lambda one: (len(theirs[one]), free[one]))[:overlap]:
            theirs[person].append(place)
    return theirs


def _answers(places: list[int], levels: list[int], chance: np.random.Generator) -> list[Answer]:
    took = chance.gamma(4.0, 2.0, size=len(places))
    at = np.cumsum(took) + PAUSE * (np.arange(len(places)) // SITTING)
    rows = zip(places, levels, at.tolist(), took.tolist(), strict=True)
    return [Answer(place, LEVELS[level], when, spent) for place, level, when, spent in rows]


def _known(pairs: Pairs, place: int, labels: dict[int, str], rulings: bool) -> Known:
    truth = LEVELS[pairs.truths[place]]
    classes = {Level(label).level_class for label in labels.values()}
    return Known(
        gold=truth if pairs.gold[place] else None,
        ruling=truth if rulings and len(classes) > 1 else None,
        votes=(LEVELS[pairs.votes[place]],),
        labels=labels,
    )
