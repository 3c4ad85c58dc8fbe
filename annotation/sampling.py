"""Drawing pairs at random, by shares of their categories. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


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


def drawn(
    candidates: Sequence[Candidate], *, size: int, quotas: Mapping[str, float] | None, rng: random.Random
) -> Sample:
    """`size` of the candidates; with `quotas` so many of each category as its share of `size`, no other category."""
    if not quotas:
        pairs = sorted(one.pair for one in candidates)
        return Sample(tuple(rng.sample(pairs, min(size, len(pairs)))))
    pools = _by_category(candidates)
    wanted = apportioned(size, quotas)
    chosen = [pair for name, seats in wanted.items() for pair in rng.sample(pools[name], min(seats, len(pools[name])))]
    missing = {name: seats - len(pools[name]) for name, seats in wanted.items() if seats > len(pools[name])}
    return Sample(tuple(chosen), missing)


def apportioned(size: int, shares: Mapping[str, float]) -> dict[str, int]:
    """`size` seats by shares, the remainders largest first: they sum up to `size`."""
    whole = sum(shares.values())
    exact = {name: size * share / whole for name, share in shares.items()}
    seats = {name: int(count) for name, count in exact.items()}
    rest = size - sum(seats.values())
    for name in sorted(exact, key=lambda name: (seats[name] - exact[name], name))[:rest]:
        seats[name] += 1
    return seats


def _by_category(candidates: Iterable[Candidate]) -> dict[str, list[int]]:
    pools: dict[str, list[int]] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: one.pair):
        pools[one.category].append(one.pair)
    return pools
