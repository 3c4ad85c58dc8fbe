"""Weighing terms and passages after Okapi BM25 (Robertson and Walker, 1994), for databases that know no such order."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

K1 = 1.2
B = 0.75
"""The parameters that SQLite's full-text index has built in; both databases rank alike."""
MOST_TERMS = 64
MOST_POSTINGS = 10_000
"""Passages looked at for one query, the rarest terms first: what is left out says little and costs most."""


@dataclass(frozen=True, slots=True)
class Collection:
    """How many passages there are, and how many terms one has on average."""

    passages: int
    mean_length: float

    def weight(self, holding: int) -> float:
        """The weight of a term that `holding` passages hold."""
        return log(1 + (self.passages - holding + 0.5) / (holding + 0.5))

    def damping(self, length: int) -> float:
        """How slowly a passage of `length` terms gains by repeating one."""
        return K1 * (1 - B + B * length / (self.mean_length or 1))


def rarest(holding: Mapping[str, int]) -> tuple[str, ...]:
    """The terms worth searching by: those that some passage holds, the rarest first, within the bounds above."""
    found: list[str] = []
    total = 0
    for term in sorted((term for term, count in holding.items() if count), key=lambda term: holding[term]):
        total += holding[term]
        if found and (len(found) == MOST_TERMS or total > MOST_POSTINGS):
            break
        found.append(term)
    return tuple(found)


def score(counts: Mapping[str, int], length: int, weights: Mapping[str, float], collection: Collection) -> float:
    """The score of one passage: `counts` says how often it holds each term, `weights` what a term weighs."""
    damping = collection.damping(length)
    return sum(weights[term] * count * (K1 + 1) / (count + damping) for term, count in counts.items())
