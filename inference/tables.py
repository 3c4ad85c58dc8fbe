"""Scores as the pages lay them out: a line a class, differences, and the matrix of confusion."""

from dataclasses import dataclass

from inference.metrics import Scores
from rules.engine.attributes import LevelClass

METRICS = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric, and what it was before where two runs are compared. A share of one."""

    name: str
    value: float
    before: float | None = None

    @property
    def difference(self) -> float | None:
        """In points of a hundred, rounded as shown, so that what looks the same is the same."""
        return None if self.before is None else round(100 * self.value, 1) - round(100 * self.before, 1)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class with its metrics. `support` counts its pairs."""

    name: LevelClass
    figures: tuple[Figure, ...]
    support: int

    @property
    def look(self) -> str:
        """The class of the stylesheet that colours its bars."""
        return f"level-{self.name.value}"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The pairs labelled with one class by the class they were judged to have; the last cell counts failed ones."""

    name: LevelClass
    cells: tuple[tuple[int, bool], ...]


def class_lines(after: Scores, before: Scores | None = None) -> list[ClassLine]:
    """A line for every class, with what was before where `before` is given."""
    return [
        ClassLine(
            name,
            tuple(
                Figure(
                    metric,
                    getattr(after.classes[name], metric),
                    getattr(before.classes[name], metric) if before else None,
                )
                for metric in METRICS
            ),
            after.classes[name].support,
        )
        for name in LevelClass
    ]


def matrix(scores: Scores) -> list[MatrixRow]:
    """The matrix of confusion, labels down, judgments across."""
    judged: tuple[LevelClass | None, ...] = (*LevelClass, None)
    return [
        MatrixRow(name, tuple((scores.confusion.get((name, given), 0), given is name) for given in judged))
        for name in LevelClass
    ]
