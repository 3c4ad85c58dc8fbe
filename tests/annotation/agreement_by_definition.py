"""Figures of agreement as their papers define them, in exact fractions and without a thought for speed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, permutations, product

Ratings = Mapping[int, Mapping[int, int]]


def percent(ratings: Ratings) -> Fraction | None:
    """The share of pairs of raters that agree, as a mean over the items with two ratings or more."""
    shares = []
    for given in ratings.values():
        pairs = list(combinations(given.values(), 2))
        if pairs:
            shares.append(Fraction(sum(one == other for one, other in pairs), len(pairs)))
    return mean(shares)


def fleiss(ratings: Ratings, values: int) -> Fraction | None:
    """Fleiss 1971; where numbers differ, each item counts the same (Gwet 2014)."""
    rated = [list(given.values()) for given in ratings.values() if len(given) > 1]
    seen = percent(ratings)
    if seen is None:
        return None
    shares = [mean([Fraction(given.count(value), len(given)) for given in rated]) for value in range(values)]
    by_chance = sum(share * share for share in shares)
    return None if by_chance == 1 else (seen - by_chance) / (1 - by_chance)


def alpha(ratings: Ratings, values: int, kind: str) -> Fraction | None:
    """Krippendorff 2011, from every ordered pair of ratings of an item, and of ratings at all."""
    rated = [list(given.values()) for given in ratings.values() if len(given) > 1]
    everything = [value for given in rated for value in given]
    counts = [everything.count(value) for value in range(values)]
    seen = sum(
        apart(one, other, counts, kind) / (len(given) - 1) for given in rated for one, other in permutations(given, 2)
    )
    by_chance = sum(apart(one, other, counts, kind) for one, other in permutations(everything, 2))
    return None if by_chance == 0 else 1 - (len(everything) - 1) * Fraction(seen) / by_chance


def apart(one: int, other: int, counts: Sequence[int], kind: str) -> Fraction:
    """How far apart two values are."""
    if kind == "nominal":
        return Fraction(one != other)
    if kind == "interval":
        return Fraction((one - other) ** 2)
    low, high = sorted((one, other))
    return (sum(counts[low : high + 1]) - Fraction(counts[low] + counts[high], 2)) ** 2


def cohen(pairs: Sequence[tuple[int, int]], values: int, power: int) -> Fraction | None:
    """Cohen 1960 and 1968: disagreements weigh their distance to the power, 0 for none at all."""
    weights = {(i, j): Fraction(abs(i - j) ** power if i != j else 0) for i, j in product(range(values), repeat=2)}
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    seen = sum(weights[pair] for pair in pairs)
    by_chance = sum(w * first.count(i) * second.count(j) for (i, j), w in weights.items())
    return None if by_chance == 0 else 1 - seen * len(pairs) / Fraction(by_chance)


def mean(shares: Sequence[Fraction]) -> Fraction | None:
    """The mean; None of nothing."""
    return sum(shares, Fraction()) / len(shares) if shares else None
