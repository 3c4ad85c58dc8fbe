"""How far two agree, person with person or person with model: percent and Cohen's kappa. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Generic

from annotation.agreement.figures import RESAMPLES, Figure, draws, figure_of, over
from annotation.agreement.scales import LEVELS, ItemT, RaterT, Scale
from annotation.arrays import Numbers, arrays

Cells = Mapping[tuple[int, int], int]
"""How many items got one place of the scale from one and another from the other."""


@dataclass(frozen=True, slots=True)
class Between(Generic[RaterT]):
    """Agreement of two on the `items` both rated. The kappas weigh a disagreement by its distance in levels."""

    one: RaterT
    other: RaterT
    items: int
    percent: Figure
    kappa: Figure
    linear: Figure
    quadratic: Figure


def between(
    ratings: Mapping[ItemT, Mapping[RaterT, str]],
    one: RaterT,
    other: RaterT,
    scale: Scale = LEVELS,
    *,
    value: str | None = None,
    resamples: int = RESAMPLES,
) -> Between[RaterT]:
    """How far two agree; on one value against the rest where one is named. A value that the scale lacks: KeyError."""
    places = scale.places
    rated = [(given[one], given[other]) for given in ratings.values() if one in given and other in given]
    cells = Counter((places[first], places[second]) for first, second in rated)
    if value is None:
        return _between(one, other, cells, len(places), resamples)
    wanted, against = places[value], Counter[tuple[int, int]]()
    for (first, second), items in cells.items():
        against[int(first == wanted), int(second == wanted)] += items
    return _between(one, other, against, 2, resamples)


def pairwise(
    ratings: Mapping[ItemT, Mapping[RaterT, str]],
    people: Collection[RaterT],
    others: Collection[RaterT] | None = None,
    scale: Scale = LEVELS,
    *,
    resamples: int = RESAMPLES,
) -> tuple[Between[RaterT], ...]:
    """Everyone with everyone once, or with each of `others`, as models, in the order given; those without overlap too."""
    first, second = list(dict.fromkeys(people)), list(dict.fromkeys(others or ()))
    if others is None:
        wanted = [(one, other) for at, one in enumerate(first) for other in first[at + 1 :]]
    else:
        wanted = [(one, other) for one in first for other in second]
    cells = _cells(ratings, first, second if others is not None else first, scale)
    return tuple(_between(one, other, cells[one, other], len(scale.values), resamples) for one, other in wanted)


def _cells(
    ratings: Mapping[ItemT, Mapping[RaterT, str]], first: Collection[RaterT], second: Collection[RaterT], scale: Scale
) -> defaultdict[tuple[RaterT, RaterT], Counter[tuple[int, int]]]:
    """Every table at one reading: most items are rated by few of all."""
    places, ones, others = scale.places, frozenset(first), frozenset(second)
    cells: defaultdict[tuple[RaterT, RaterT], Counter[tuple[int, int]]] = defaultdict(Counter)
    for given in ratings.values():
        for one in given.keys() & ones:
            for other in given.keys() & others:
                cells[one, other][places[given[one]], places[given[other]]] += 1
    return cells


def _between(one: RaterT, other: RaterT, cells: Cells, size: int, resamples: int) -> Between[RaterT]:
    np = arrays()
    weights = draws(list(cells.values()), resamples)
    square = np.zeros((len(cells), size, size))
    for at, (row, column) in enumerate(cells):
        square[at, row, column] = 1
    table = np.tensordot(weights, square, axes=1)
    items = int(weights[0].sum())
    steps = abs(np.arange(size)[:, None] - np.arange(size))
    same = over(table.trace(axis1=1, axis2=2), table.sum(axis=(1, 2)))
    figures = [figure_of(values, items) for values in (same, *(_kappa(table, steps, power) for power in (0, 1, 2)))]
    return Between(one, other, items, *figures)


def _kappa(table: Numbers, steps: Numbers, power: int) -> Numbers:
    """Cohen's kappa (1960, weighted 1968), a disagreement weighing its distance in steps to the power."""
    apart = steps**power * (steps > 0)
    by_chance = table.sum(axis=2)[:, :, None] * table.sum(axis=1)[:, None, :]
    seen = (table * apart).sum(axis=(1, 2)) * table.sum(axis=(1, 2))
    return 1 - over(seen, (by_chance * apart).sum(axis=(1, 2)))
