"""How well judgments agree with labels: accuracy, and precision, recall and F1 by class. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotation.shares import Interval as Interval
from annotation.shares import wilson as wilson
from rules.engine.attributes import Level, LevelClass

Outcome = tuple[LevelClass | None, LevelClass | None]
"""The class a pair is labelled with, and the one it was judged to have."""


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One class. `support` counts the pairs labelled with it, failed ones included."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement over a set of pairs. A failed judgment counts as wrong in `accuracy` and in recall.

    `confusion` counts pairs by (labelled class, judged class); None stands for a failed judgment, or for a
    label that could not be read: such a pair counts as failed and in no class.
    """

    pairs: int
    failed: int
    correct: int
    classes: Mapping[LevelClass, ClassScores]
    confusion: Mapping[Outcome, int]

    @property
    def loss_rate(self) -> float:
        """Share of failed judgments."""
        return ratio(self.failed, self.pairs)

    @property
    def accuracy(self) -> float:
        """Share of pairs judged with their class, failed ones counted as wrong."""
        return ratio(self.correct, self.pairs)

    @property
    def interval(self) -> Interval:
        """The 95% interval of `accuracy`."""
        return wilson(self.correct, self.pairs)

    @property
    def accuracy_without_failed(self) -> float:
        """Share of the pairs judged at all that were judged with their class."""
        return ratio(self.correct, self.pairs - self.failed)

    @property
    def macro_f1(self) -> float:
        """Mean of the three classes' F1."""
        return sum(one.f1 for one in self.classes.values()) / len(LevelClass)

    @property
    def has_every_class(self) -> bool:
        """Whether pairs of all three classes are among these, without which the mean of their F1 says little."""
        return all(one.support for one in self.classes.values())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as `manage.py evaluate` prints them."""
        return {
            "pairs": self.pairs,
            "failed": self.failed,
            "loss_rate": self.loss_rate,
            "accuracy": self.accuracy,
            "accuracy_without_failed": self.accuracy_without_failed,
            "macro_f1": self.macro_f1,
            "classes": {
                name.value: {"precision": one.precision, "recall": one.recall, "f1": one.f1, "support": one.support}
                for name, one in self.classes.items()
            },
        }


def score(pairs: Iterable[tuple[Level | LevelClass, Level | LevelClass | None]]) -> Scores:
    """Scores over (labelled, judged) pairs, read once; judged is None where the judgment failed."""
    confusion: Counter[Outcome] = Counter(
        (_class(labelled), _class(judged) if judged else None) for labelled, judged in pairs
    )
    return scores_of(confusion)


def scores_of(confusion: Mapping[Outcome, int]) -> Scores:
    """The scores that a confusion matrix amounts to."""
    return Scores(
        pairs=sum(confusion.values()),
        failed=sum(n for (_, judged), n in confusion.items() if judged is None),
        correct=sum(n for (labelled, judged), n in confusion.items() if labelled is judged and judged is not None),
        classes={name: _class_scores(name, confusion) for name in LevelClass},
        confusion=dict(confusion),
    )


@dataclass(frozen=True, slots=True)
class LevelScores:
    """Agreement on all four levels. `error` is the mean distance in levels over the pairs judged, failed ones left out."""

    pairs: int
    accuracy: float
    error: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"accuracy": self.accuracy, "mean_absolute_error": self.error}


def score_levels(pairs: Iterable[tuple[Level | None, Level | None]]) -> LevelScores:
    """Scores over (labelled, judged) levels; a pair without either counts as wrong, and in no distance."""
    counts = Counter(pairs)
    total = sum(counts.values())
    right = sum(n for (labelled, judged), n in counts.items() if labelled is judged and judged is not None)
    apart = {(a, b): n for (a, b), n in counts.items() if a is not None and b is not None}
    distance = sum(n * abs(a.rank - b.rank) for (a, b), n in apart.items())
    judged = sum(apart.values())
    return LevelScores(total, ratio(right, total), distance / judged if judged else 0.0)


def ratio(part: int, whole: int) -> float:
    """`part / whole`, 0 where there is nothing."""
    return part / whole if whole else 0.0


def _class(level: Level | LevelClass) -> LevelClass:
    return level.level_class if isinstance(level, Level) else level


def _class_scores(name: LevelClass, confusion: Mapping[Outcome, int]) -> ClassScores:
    hit = confusion.get((name, name), 0)
    support = sum(n for (labelled, _), n in confusion.items() if labelled is name)
    judged = sum(n for (_, given), n in confusion.items() if given is name)
    precision, recall = ratio(hit, judged), ratio(hit, support)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return ClassScores(precision, recall, f1, support)
