"""How far any number of people agree: percent, Fleiss' kappa, Krippendorff's alpha, for each value and category. Pure.

Items are counted by how many gave each value, so that figures and their draws cost the same for ten items or for
ten million.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from annotation.agreement.figures import RESAMPLES, Figure, Reason, draws, figure_of, nothing, over
from annotation.agreement.scales import LEVELS, ItemT, RaterT, Scale
from annotation.arrays import Numbers, arrays

GroupT = TypeVar("GroupT")


class Alpha(StrEnum):
    """How far apart two values count in Krippendorff's alpha."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class OneValue:
    """Agreement on one value against all the others. `ratings` counts those that gave it."""

    ratings: int
    percent: Figure
    fleiss: Figure
    alpha: Figure


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of all `raters` on the `items` rated twice or more, to which `ratings` were given.

    `percent` is the share of two ratings of an item that are the same, as a mean over items. `values` has each
    value of the scale that somebody gave, against the rest.
    """

    items: int
    ratings: int
    raters: int
    percent: Figure
    fleiss: Figure
    alphas: Mapping[Alpha, Figure]
    values: Mapping[str, OneValue]

    @property
    def alpha(self) -> Figure:
        """Krippendorff's alpha for ordered values."""
        return self.alphas[Alpha.ORDINAL]


@dataclass(frozen=True, slots=True)
class Table:
    """`given[i, v]` is how many gave value v to an item of the i-th kind; `weights[r, i]` how often the kind was drawn."""

    given: Numbers
    weights: Numbers

    @property
    def items(self) -> int:
        """How many items were seen."""
        return int(self.weights[0].sum())

    def against_rest(self, place: int) -> "Table":
        """The same items rated with one value or with another."""
        one = self.given[:, place]
        return Table(arrays().stack([one, self.given.sum(axis=1) - one], axis=1), self.weights)


def agreement_of(
    ratings: Mapping[ItemT, Mapping[RaterT, str]], scale: Scale = LEVELS, *, resamples: int = RESAMPLES
) -> Agreement:
    """How far all agree. Items with one rating or none say nothing and are left out of every figure.

    Fleiss (1971) asks for equally many ratings an item. Where they differ, each item counts the same in observed
    agreement and in the shares of the values (Gwet 2014), which is Fleiss' kappa where they do not. Intervals are
    by drawing items again; none with `resamples` 0. A value that the scale lacks raises KeyError.
    """
    raters = len({who for given in ratings.values() for who in given})
    table = _table(ratings, scale, resamples)
    if not table.items:
        return _without(Reason.ONE_RATER if raters == 1 else Reason.NO_OVERLAP, raters)
    totals = table.weights[0] @ table.given
    return Agreement(
        items=table.items,
        ratings=int(totals.sum()),
        raters=raters,
        percent=_figure(percent(table), table),
        fleiss=_figure(fleiss(table), table),
        alphas={kind: _figure(alpha(table, kind), table) for kind in Alpha},
        values={value: _one(table, place) for value, place in scale.places.items() if totals[place]},
    )


def agreement_by(
    ratings: Mapping[ItemT, Mapping[RaterT, str]],
    groups: Mapping[ItemT, GroupT],
    scale: Scale = LEVELS,
    *,
    resamples: int = RESAMPLES,
) -> dict[GroupT, Agreement]:
    """The same for the items of each group, as a category; items without a group are left out."""
    parts: dict[GroupT, dict[ItemT, Mapping[RaterT, str]]] = defaultdict(dict)
    for item, given in ratings.items():
        if item in groups:
            parts[groups[item]][item] = given
    return {group: agreement_of(part, scale, resamples=resamples) for group, part in parts.items()}


def percent(table: Table) -> Numbers:
    """The share of two ratings of an item that are the same, as a mean over items."""
    number = table.given.sum(axis=1)
    same = (table.given * (table.given - 1)).sum(axis=1) / (number * (number - 1))
    return over(table.weights @ same, table.weights.sum(axis=1))


def fleiss(table: Table) -> Numbers:
    """Fleiss' kappa."""
    shares = table.weights @ (table.given / table.given.sum(axis=1, keepdims=True))
    shares = shares / table.weights.sum(axis=1, keepdims=True)
    by_chance = (_products(shares) * _unequal(shares.shape[1])).sum(axis=(1, 2))
    return 1 - over(1 - percent(table), by_chance)


def alpha(table: Table, kind: Alpha) -> Numbers:
    """Krippendorff's alpha (2011), from the coincidences of values in items and by chance."""
    np = arrays()
    totals = table.weights @ table.given
    together = _products(table.given) - np.eye(table.given.shape[1]) * table.given[:, None, :]
    together = together / (table.given.sum(axis=1) - 1)[:, None, None]
    apart = _apart(totals, kind)
    seen = (np.tensordot(table.weights, together, axes=1) * apart).sum(axis=(1, 2))
    by_chance = (_products(totals) * apart).sum(axis=(1, 2))
    return 1 - over((totals.sum(axis=1) - 1) * seen, by_chance)


def _apart(totals: Numbers, kind: Alpha) -> Numbers:
    """How far apart two values count: for ordered ones, by how many ratings lie between their middles."""
    np = arrays()
    if kind is Alpha.NOMINAL:
        return _unequal(totals.shape[1])[None]
    middles = totals.cumsum(axis=1) - totals / 2 if kind is Alpha.ORDINAL else np.arange(totals.shape[1])[None]
    return (middles[:, :, None] - middles[:, None, :]) ** 2


def _products(rows: Numbers) -> Numbers:
    return rows[:, :, None] * rows[:, None, :]


def _unequal(size: int) -> Numbers:
    return 1 - arrays().eye(size)


def _table(ratings: Mapping[ItemT, Mapping[RaterT, str]], scale: Scale, resamples: int) -> Table:
    places, size = scale.places, len(scale.values)
    kinds = Counter(tuple(sorted([places[value] for value in given.values()])) for given in ratings.values())
    rated = {kind: items for kind, items in kinds.items() if len(kind) > 1}
    given = arrays().array([[kind.count(place) for place in range(size)] for kind in rated], dtype=float)
    return Table(given.reshape(len(rated), size), draws(list(rated.values()), resamples))


def _one(table: Table, place: int) -> OneValue:
    part = table.against_rest(place)
    return OneValue(
        ratings=int(part.weights[0] @ part.given[:, 0]),
        percent=_figure(percent(part), part),
        fleiss=_figure(fleiss(part), part),
        alpha=_figure(alpha(part, Alpha.NOMINAL), part),
    )


def _figure(values: Numbers, table: Table) -> Figure:
    return figure_of(values, table.items)


def _without(reason: Reason, raters: int) -> Agreement:
    empty = nothing(reason)
    return Agreement(0, 0, raters, empty, empty, dict.fromkeys(Alpha, empty), {})
