"""Drawing pairs at random, by shares of their categories. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import frexp, isfinite, ldexp


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that may be drawn, and its category (empty: none)."""

    pair: int
    category: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The pairs drawn, and by category how many were wanted but are not there."""

    chosen: tuple[int, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """Of a category: how many pairs there are, how many its share comes to, and how many would be drawn."""

    category: str
    there: int
    wanted: int
    taken: int

    @property
    def missing(self) -> int:
        """How many its share comes to but are not there."""
        return max(self.wanted - self.there, 0)


def are_shares(numbers: Iterable[float]) -> bool:
    """Whether these can be shares: none negative or endless, and not all nothing."""
    found = list(numbers)
    return all(isfinite(one) and one >= 0 for one in found) and sum(found) > 0


def planned(
    there: Mapping[str, int], *, size: int, quotas: Mapping[str, float] | None, fill: bool = False
) -> list[Planned]:
    """What a sample would take of each category, in the order of the quotas; without any, as it comes by chance.

    `fill`: what a category lacks is taken from the others by their shares, as far as they have it.
    """
    shares = quotas or {name: float(count) for name, count in there.items()}
    if not sum(shares.values()):
        return []
    wanted = apportioned(size if quotas else min(size, sum(there.values())), shares)
    taken = filled(size, shares, there) if fill else {name: min(n, there.get(name, 0)) for name, n in wanted.items()}
    return [Planned(name, there.get(name, 0), wanted[name], taken[name]) for name in shares]


def filled(size: int, shares: Mapping[str, float], there: Mapping[str, int]) -> dict[str, int]:
    """Seats by shares, none beyond what is there: the rest is shared out again among those that have more."""
    seats = dict.fromkeys(shares, 0)
    room = {name: share for name, share in shares.items() if share and there.get(name, 0)}
    while room and (rest := size - sum(seats.values())):
        for name, more in apportioned(rest, room).items():
            seats[name] += min(more, there[name] - seats[name])
        room = {name: share for name, share in room.items() if seats[name] < there[name]}
    return seats


def drawn(
    candidates: Sequence[Candidate],
    *,
    size: int,
    quotas: Mapping[str, float] | None,
    rng: random.Random,
    fill: bool = False,
) -> Sample:
    """`size` of the candidates; with `quotas` so many of each category as its share of `size`, no other category.

    `fill`: what a category lacks is drawn from the others.
    """
    if not quotas:
        pairs = sorted(one.pair for one in candidates)
        return Sample(tuple(rng.sample(pairs, min(size, len(pairs)))))
    pools = _by_category(candidates)
    plan = planned({name: len(pairs) for name, pairs in pools.items()}, size=size, quotas=quotas, fill=fill)
    chosen = [pair for one in plan for pair in rng.sample(pools[one.category], one.taken)]
    return Sample(tuple(chosen), {one.category: one.missing for one in plan if one.missing})


def apportioned(size: int, shares: Mapping[str, float]) -> dict[str, int]:
    """`size` seats by shares, the remainders largest first: they sum up to `size`."""
    parts = scaled(shares)
    whole = sum(parts.values())
    exact = {name: size * part / whole for name, part in parts.items()}
    seats = {name: int(count) for name, count in exact.items()}
    rest = size - sum(seats.values())
    for name in sorted(exact, key=lambda name: (seats[name] - exact[name], name))[:rest]:
        seats[name] += 1
    return seats


def scaled(shares: Mapping[str, float]) -> dict[str, float]:
    """The same shares below one, so that they can be summed up whatever they are; to each other they stay the same."""
    exponent = frexp(max(shares.values(), default=0))[1]
    return {name: ldexp(share, -exponent) for name, share in shares.items()}


def _by_category(candidates: Iterable[Candidate]) -> dict[str, list[int]]:
    pools: dict[str, list[int]] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: one.pair):
        pools[one.category].append(one.pair)
    return pools
