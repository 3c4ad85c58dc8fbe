"""Whether shoppers ask for other things now than when a benchmark release was put together. Pure.

Two sets of queries are compared by what their queries have in them: the category, or pieces of two characters. How far
apart they are is the Jensen-Shannon divergence of the two distributions (Lin 1991; base 2: 0 for the same, 1 for
nothing in common). It is never 0 by chance, so it is held against what it comes to when the same queries are dealt to
the two sides at random (a permutation test): p is the share of deals that are at least as far apart.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotation.arrays import Numbers, arrays

LEAST_QUERIES = 50
"""With fewer queries on either side only an upheaval would show: nothing is said then."""
MOST_QUERIES = 4000
"""Of more queries on one side so many are drawn."""
MOST_FEATURES = 60
"""The features of most queries are told apart; the rest are one."""
DEALS = 500
DOUBT = 0.05
SEED = 20251203
OTHERS = ""


class Finding(StrEnum):
    """What the comparison says."""

    TOO_FEW = "too_few"
    ALIKE = "alike"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True)
class Share:
    """The share that a feature has of the release's queries and of the recent ones; OTHERS for the rest together."""

    name: str
    released: float
    recent: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far recent queries are from those of a release, over so many queries on each side.

    `divergence` is what was seen and `by_chance` what deals at random come to as a mean; None with too few queries.
    `shares` has the features furthest apart first.
    """

    finding: Finding
    released: int
    recent: int
    divergence: float | None = None
    by_chance: float | None = None
    p: float | None = None
    shares: tuple[Share, ...] = ()


def drift_of(released: Sequence[Collection[str]], recent: Sequence[Collection[str]], *, deals: int = DEALS) -> Drift:
    """Compare queries, each given by its features. A query without any counts among the others."""
    many, fresh = len(released), len(recent)
    if min(many, fresh) < LEAST_QUERIES:
        return Drift(Finding.TOO_FEW, many, fresh)
    draw = arrays().random.default_rng(SEED)
    one, other = _drawn(released, draw), _drawn(recent, draw)
    names = _told_apart([*one, *other])
    features = _weights([*one, *other], names)
    seen, apart = _shares(features, len(one)), _shuffled(features, len(one), deals, draw)
    divergence = float(_divergence(*seen))
    p = (1 + int((apart >= divergence - 1e-12).sum())) / (1 + deals)
    shares = [Share(name, float(a), float(b)) for name, a, b in zip([*names, OTHERS], *seen, strict=True)]
    shares.sort(key=lambda share: (-abs(share.recent - share.released), share.name))
    finding = Finding.DRIFTED if p < DOUBT else Finding.ALIKE
    return Drift(finding, many, fresh, divergence, float(apart.mean()), p, tuple(shares))


def pieces(query: str) -> frozenset[str]:
    """The pieces of two characters of a query; one that is shorter is a piece itself."""
    words = "".join(query.lower().split())
    return frozenset(words[at : at + 2] for at in range(len(words) - 1)) or frozenset([words] if words else [])


def _drawn(queries: Sequence[Collection[str]], draw: Numbers) -> list[Collection[str]]:
    if len(queries) <= MOST_QUERIES:
        return list(queries)
    return [queries[at] for at in sorted(draw.choice(len(queries), MOST_QUERIES, replace=False).tolist())]


def _told_apart(queries: Sequence[Collection[str]]) -> list[str]:
    counts = Counter(name for features in queries for name in set(features))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [name for name, _count in ordered[:MOST_FEATURES] if name != OTHERS]


def _weights(queries: Sequence[Collection[str]], names: Sequence[str]) -> Numbers:
    """A row a query, over its features and the others; each row adds up to 1, so that every query weighs the same."""
    places = {name: at for at, name in enumerate(names)}
    found = arrays().zeros((len(queries), len(names) + 1))
    for at, features in enumerate(queries):
        for name in features or (OTHERS,):
            found[at, places.get(name, len(names))] += 1
    return found / found.sum(axis=1, keepdims=True)


def _shares(features: Numbers, many: int) -> tuple[Numbers, Numbers]:
    return features[:many].mean(axis=0), features[many:].mean(axis=0)


def _shuffled(features: Numbers, many: int, deals: int, draw: Numbers) -> Numbers:
    """The divergences when the queries are dealt at random."""
    total = len(features)
    dealt = arrays().zeros((deals, total))
    for row in dealt:
        row[draw.permutation(total)[:many]] = 1
    one = dealt @ features
    rest = features.sum(axis=0) - one
    return _divergence(one / many, rest / (total - many))


def _divergence(one: Numbers, other: Numbers) -> Numbers:
    """The Jensen-Shannon divergence, in bits, along the last axis."""
    middle = (one + other) / 2
    return (_relative(one, middle) + _relative(other, middle)) / 2


def _relative(one: Numbers, middle: Numbers) -> Numbers:
    numbers = arrays()
    ratio = numbers.divide(one, middle, out=numbers.ones_like(one), where=one > 0)
    return (one * numbers.log2(ratio)).sum(axis=-1)
