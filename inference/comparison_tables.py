"""The tables of a comparison as the page lays them out."""

from dataclasses import dataclass

from annotation.category_names import category_name
from inference.comparison import Change, Tally
from inference.intervals import Metric, accuracy_of, metrics_of
from inference.models import Comparison
from inference.tables import MatrixRow, matrix
from rules.engine.attributes import LevelClass


@dataclass(frozen=True, slots=True)
class MetricLine:
    """The metrics of one class, or of all pairs together. `support` counts the pairs labelled so."""

    about: LevelClass | None
    metrics: tuple[Metric, ...]
    support: int


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of the pairs by its name: hard, must_hold, or a category. `accuracy` is None where no pair has a label."""

    name: str
    pairs: int
    fixed: int
    broken: int
    accuracy: Metric | None

    @property
    def category(self) -> str:
        """The category in the language of the page; empty where it is not known."""
        return category_name(self.name) if self.name else ""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a comparison. `parts`: the pairs that must hold and the hard ones, where there are any."""

    overall: tuple[Metric, ...]
    classes: tuple[MetricLine, ...]
    before: list[MatrixRow]
    after: list[MatrixRow]
    parts: tuple[PartLine, ...]
    categories: tuple[PartLine, ...]


def tables_of(comparison: Comparison) -> Tables:
    """The tables that what was counted amounts to."""
    tally = comparison.tally
    metrics = metrics_of(tally.classes)
    parts = (("must_hold", comparison.must_hold), ("hard", comparison.hard))
    return Tables(
        overall=tuple(one for one in metrics if one.about is None),
        classes=tuple(
            MetricLine(name, tuple(one for one in metrics if one.about is name), tally.after.classes[name].support)
            for name in LevelClass
        ),
        before=matrix(tally.before),
        after=matrix(tally.after),
        parts=tuple(_part(name, part) for name, part in parts if part.total),
        categories=tuple(_part(name, part) for name, part in comparison.categories.items()),
    )


def _part(name: str, tally: Tally) -> PartLine:
    labelled = tally.after.pairs > 0
    return PartLine(
        name=name,
        pairs=tally.total,
        fixed=tally.counts[Change.FIXED],
        broken=tally.counts[Change.BROKEN],
        accuracy=accuracy_of(tally.classes) if labelled else None,
    )
