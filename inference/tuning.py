"""Thresholds of confidence tuned on labelled judgments, and what they are worth on pairs they were not tuned on. Pure.

The thresholds trade classes against each other: a judgment that is not sure enough goes to the class beside its own
(`inference.pipeline.thresholds`). They are chosen among values that the confidences themselves suggest, all three
together. What such a choice is worth is measured by ten-fold cross-validation: the judgments of each tenth of the
groups are decided by the thresholds that are best on the other nine tenths.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotation.arrays import Numbers, arrays
from inference.comparison import Classes
from inference.metrics import ratio
from inference.pipeline.thresholds import Thresholds
from inference.voting import Share
from rules.engine.attributes import LevelClass, gettext_noop

FOLDS = 10
STEPS = 32
"""Values that a threshold is chosen among, beside 0."""
CLASSES = tuple(LevelClass)
FAILED = len(CLASSES)
"""Stands behind the classes for a judgment that failed."""
TIE = 9
"""Digits behind which two scores are the same: then the lower thresholds are chosen."""


class Goal(StrEnum):
    """What the best thresholds are best at."""

    MACRO_F1 = "macro_f1"
    ACCURACY = "accuracy"
    HIGHLY = "highly"
    LESS = "less"
    IRRELEVANT = "irrelevant"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return GOAL_LABELS[self]


GOAL_LABELS = {
    Goal.MACRO_F1: gettext_noop("mean F1 of the three classes"),
    Goal.ACCURACY: gettext_noop("accuracy"),
    Goal.HIGHLY: gettext_noop("F1 of highly relevant"),
    Goal.LESS: gettext_noop("F1 of less relevant"),
    Goal.IRRELEVANT: gettext_noop("F1 of irrelevant"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled judgment: its class (None: failed), and `moved`, the one it has where it is not sure enough.

    `moved` is None where no threshold reaches it: no confidence is known, or a rule decides. Samples of one `group`,
    such as a query, are never on both sides of the cross-validation.
    """

    labelled: LevelClass
    judged: LevelClass | None
    moved: LevelClass | None = None
    confidence: float | None = None
    group: str = ""

    @property
    def movable(self) -> bool:
        """Whether a threshold can change its class."""
        return None not in (self.judged, self.moved, self.confidence) and self.moved is not self.judged

    def under(self, thresholds: Thresholds) -> LevelClass | None:
        """Its class under thresholds."""
        if not self.movable or self.judged is None or self.confidence is None:
            return self.judged
        return self.moved if self.confidence < thresholds.of(self.judged) else self.judged


@dataclass(frozen=True, slots=True)
class Point:
    """One class where its threshold has a value and the others are off. `lost`: its judgments that are not sure enough.

    `f1s` are those of all classes, in their order.
    """

    threshold: float
    lost: int
    precision: Share
    recall: Share
    f1s: tuple[float, ...]
    accuracy: float

    @property
    def macro_f1(self) -> float:
        """The mean of the classes' F1."""
        return sum(self.f1s) / len(self.f1s)


@dataclass(frozen=True, slots=True)
class Tuned:
    """The thresholds that are best on all samples, and those of each fold, chosen without it.

    `outcomes` counts the samples by label, class as judged, and class under the thresholds of their fold. The points of
    `curves` are measured at fixed values, so that nothing of them is tuned.
    """

    goal: Goal
    samples: int
    movable: int
    chosen: Thresholds
    folds: tuple[Thresholds, ...]
    outcomes: Mapping[Classes, int]
    curves: Mapping[LevelClass, tuple[Point, ...]]

    def between(self, name: LevelClass) -> tuple[float, float]:
        """The lowest and the highest threshold of a class that any fold chose."""
        values = [one.of(name) for one in self.folds]
        return min(values), max(values)


@dataclass(frozen=True, slots=True)
class Tables:
    """Samples counted by fold, label and class (FAILED behind them): those that stay, and for every class those that
    move, under each value of its threshold.
    """

    values: Mapping[LevelClass, tuple[float, ...]]
    staying: Numbers
    moving: Mapping[LevelClass, Numbers]

    def without(self, fold: int | None) -> "Tables":
        """The counts of all folds together, one of them left out."""
        kept = [at for at in range(FOLDS) if at != fold]
        moving = {name: counts[kept].sum(axis=0) for name, counts in self.moving.items()}
        return Tables(self.values, self.staying[kept].sum(axis=0), moving)


def tune(samples: Sequence[Sample], goal: Goal = Goal.MACRO_F1) -> Tuned:
    """The best thresholds, what they are worth, and what each does alone."""
    tables = tables_of(samples)
    folds = tuple(best(tables.without(fold), goal) for fold in range(FOLDS))
    outcomes: Counter[Classes] = Counter(
        (one.labelled, one.judged, one.under(folds[fold_of(one.group)])) for one in samples
    )
    everyone = tables.without(None)
    return Tuned(
        goal=goal,
        samples=len(samples),
        movable=sum(one.movable for one in samples),
        chosen=best(everyone, goal),
        folds=folds,
        outcomes=outcomes,
        curves={name: _curve(everyone, name) for name in CLASSES},
    )


def fold_of(group: str) -> int:
    """The fold of a group, the same whichever other groups there are."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % FOLDS


def values_of(samples: Sequence[Sample], name: LevelClass) -> tuple[float, ...]:
    """What a threshold is chosen among: 0, and values just above confidences that occur, equally many between them."""
    seen = sorted(
        one.confidence for one in samples if one.movable and one.judged is name and one.confidence is not None
    )
    if not seen:
        return (0.0,)
    places = {round(step * (len(seen) - 1) / max(STEPS - 1, 1)) for step in range(STEPS)}
    return (0.0, *sorted({min(round(seen[at] + 0.001, 3), 1.0) for at in places}))


def tables_of(samples: Sequence[Sample]) -> Tables:
    """Samples as they are counted."""
    zeros = arrays().zeros
    values = {name: values_of(samples, name) for name in CLASSES}
    staying = zeros((FOLDS, len(CLASSES), FAILED + 1), dtype=int)
    moving = {name: zeros((FOLDS, len(values[name]), len(CLASSES), FAILED + 1), dtype=int) for name in CLASSES}
    for one in samples:
        fold, label = fold_of(one.group), CLASSES.index(one.labelled)
        if not one.movable or one.judged is None or one.moved is None or one.confidence is None:
            staying[fold, label, _place(one.judged)] += 1
            continue
        for at, value in enumerate(values[one.judged]):
            given = one.moved if one.confidence < value else one.judged
            moving[one.judged][fold, at, label, _place(given)] += 1
    return Tables(values, staying, moving)


def best(tables: Tables, goal: Goal) -> Thresholds:
    """The thresholds that are best together; of equally good ones the lowest."""
    np = arrays()
    first, second, third = (tables.moving[name] for name in CLASSES)
    counts = tables.staying + first[:, None, None] + second[None, :, None] + third[None, None, :]
    scores = np.round(SCORES[goal](counts), TIE)
    places = np.unravel_index(int(scores.argmax()), scores.shape)
    return Thresholds(*(tables.values[name][int(at)] for name, at in zip(CLASSES, places, strict=True)))


def _f1s(counts: Numbers) -> Numbers:
    """F1 by class, of counts by label and class in the last two dimensions."""
    np = arrays()
    hits = np.diagonal(counts[..., :FAILED], axis1=-2, axis2=-1)
    both = counts.sum(axis=-1) + counts[..., :FAILED].sum(axis=-2)
    return 2 * hits / np.maximum(both, 1)


def _accuracy(counts: Numbers) -> Numbers:
    np = arrays()
    hits = np.diagonal(counts[..., :FAILED], axis1=-2, axis2=-1).sum(axis=-1)
    return hits / np.maximum(counts.sum(axis=(-2, -1)), 1)


def _f1_of(place: int) -> Callable[[Numbers], Numbers]:
    return lambda counts: _f1s(counts)[..., place]


SCORES: Mapping[Goal, Callable[[Numbers], Numbers]] = {
    Goal.MACRO_F1: lambda counts: _f1s(counts).mean(axis=-1),
    Goal.ACCURACY: _accuracy,
    **{Goal(name.value): _f1_of(at) for at, name in enumerate(CLASSES)},
}


def _curve(tables: Tables, name: LevelClass) -> tuple[Point, ...]:
    """A class under each value of its threshold, the other thresholds off."""
    others = sum(tables.moving[other][0] for other in CLASSES if other is not name)
    return tuple(
        _point(value, tables.staying + others + tables.moving[name][at], name, _lost(tables.moving[name], at, name))
        for at, value in enumerate(tables.values[name])
    )


def _lost(moving: Numbers, at: int, name: LevelClass) -> int:
    place = CLASSES.index(name)
    return int(moving[0][:, place].sum() - moving[at][:, place].sum())


def _point(value: float, counts: Numbers, name: LevelClass, lost: int) -> Point:
    place = CLASSES.index(name)
    hits = int(counts[place, place])
    right = int(arrays().trace(counts[:, :FAILED]))
    return Point(
        threshold=value,
        lost=lost,
        precision=Share(hits, int(counts[:, place].sum())),
        recall=Share(hits, int(counts[place].sum())),
        f1s=tuple(float(one) for one in _f1s(counts)),
        accuracy=ratio(right, int(counts.sum())),
    )


def _place(name: LevelClass | None) -> int:
    return FAILED if name is None else CLASSES.index(name)
