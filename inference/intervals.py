"""The metrics of two runs over the same pairs, before and after, with their 95% intervals and that of the difference. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inference.binomial import Numbers, arrays
from inference.comparison import Classes
from inference.metrics import Interval, wilson
from inference.significance import DOUBT, RESAMPLES, SEED
from rules.engine.attributes import LevelClass

Key = tuple[str, LevelClass | None]
"""The name of a metric, and the class it is of, None for all."""
ACCURACY: Key = ("accuracy", None)
MACRO_F1: Key = ("macro_f1", None)
LOSS_RATE: Key = ("loss_rate", None)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, a share of one. `difference` is the interval of after less before; None where no pair tells any."""

    name: str
    about: LevelClass | None
    before: float
    after: float
    around_before: Interval
    around_after: Interval
    difference: Interval | None

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def look(self) -> str:
        """Whether the change is one for the better (`fixed`) or for the worse (`broken`); nothing too small to show."""
        shown = round(100 * self.change, 1) * (-1 if self.name == LOSS_RATE[0] else 1)
        return "fixed" if shown > 0 else "broken" if shown < 0 else ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric on one side: its value, the values it has when the pairs are drawn again, and its interval."""

    value: float
    drawn: Numbers
    around: Interval


@dataclass(frozen=True, slots=True)
class Counts:
    """The cells with a label: how often each was seen, and how often each comes when pairs are drawn again."""

    cells: tuple[Classes, ...]
    seen: Numbers
    drawn: Numbers

    def share(self, over: Iterable[bool], under: Iterable[bool]) -> Measure:
        """The pairs of some cells over those of others, with Wilson's interval; 0 where there is nothing."""
        over, under = arrays().array(list(over), dtype=int), arrays().array(list(under), dtype=int)
        part, whole = int(self.seen[0] @ over), int(self.seen[0] @ under)
        drawn = self.drawn @ over / arrays().maximum(self.drawn @ under, 1)
        return Measure(part / max(whole, 1), drawn, wilson(part, whole))


def metrics_of(outcomes: Mapping[Classes, int]) -> tuple[Metric, ...]:
    """Every metric over the pairs with a label: accuracy, macro F1, loss rate, then precision, recall, F1 by class.

    Failed judgments count as wrong. Shares have Wilson's interval; F1 and every difference that of the paired
    bootstrap, drawn as in `inference.significance.differences`.
    """
    counts = _counts(outcomes)
    before, after = (_every(counts, side) for side in (1, 2))
    return tuple(_metric(key, before[key], after[key]) for key in before)


def accuracy_of(outcomes: Mapping[Classes, int]) -> Metric:
    """The accuracy alone, for a part of the pairs."""
    counts = _counts(outcomes)
    before, after = (_accuracy(counts, side) for side in (1, 2))
    return _metric(ACCURACY, before, after)


def _counts(outcomes: Mapping[Classes, int]) -> Counts:
    cells = {cell: n for cell, n in outcomes.items() if cell[0] is not None and n}
    seen = arrays().array([list(cells.values())], dtype=int)
    total = int(seen.sum())
    shares = seen[0] / max(total, 1)
    drawn = arrays().random.default_rng(SEED).multinomial(total, shares, size=RESAMPLES) if total else seen
    return Counts(tuple(cells), seen, drawn)


def _metric(key: Key, before: Measure, after: Measure) -> Metric:
    drawn = after.drawn - before.drawn
    return Metric(
        *key,
        before=before.value,
        after=after.value,
        around_before=before.around,
        around_after=after.around,
        difference=_between(drawn) if drawn.any() else None,
    )


def _every(counts: Counts, side: int) -> dict[Key, Measure]:
    everyone = [True] * len(counts.cells)
    classes: dict[Key, Measure] = {}
    for name in LevelClass:
        classes |= _of_class(counts, name, side)
    return {
        ACCURACY: _accuracy(counts, side),
        MACRO_F1: _macro([classes["f1", name] for name in LevelClass]),
        LOSS_RATE: counts.share((cell[side] is None for cell in counts.cells), everyone),
        **classes,
    }


def _accuracy(counts: Counts, side: int) -> Measure:
    return counts.share((cell[0] is cell[side] for cell in counts.cells), [True] * len(counts.cells))


def _of_class(counts: Counts, name: LevelClass, side: int) -> dict[Key, Measure]:
    labelled, judged = ([cell[at] is name for cell in counts.cells] for at in (0, side))
    hits = [one and other for one, other in zip(labelled, judged, strict=True)]
    precision, recall = counts.share(hits, judged), counts.share(hits, labelled)
    return {
        ("precision", name): precision,
        ("recall", name): recall,
        ("f1", name): _harmonic(precision, recall),
    }


def _harmonic(precision: Measure, recall: Measure) -> Measure:
    np = arrays()
    drawn = 2 * precision.drawn * recall.drawn / np.maximum(precision.drawn + recall.drawn, 1e-12)
    value = 2 * precision.value * recall.value / max(precision.value + recall.value, 1e-12)
    return Measure(value, drawn, _between(drawn))


def _macro(classes: list[Measure]) -> Measure:
    drawn = sum(one.drawn for one in classes) / len(classes)
    return Measure(sum(one.value for one in classes) / len(classes), drawn, _between(drawn))


def _between(drawn: Numbers) -> Interval:
    low, high = arrays().quantile(drawn, [DOUBT / 2, 1 - DOUBT / 2]) if drawn.size else (0.0, 1.0)
    return Interval(float(low), float(high))
