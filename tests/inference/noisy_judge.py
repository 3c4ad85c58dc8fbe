"""A scripted judge that errs by chance, so that it never says the same twice."""

from collections.abc import Iterator

import numpy as np

from inference.verdict import Outcome
from rules.engine.attributes import LevelClass

CLASSES = tuple(LevelClass)


class NoisyJudge:
    """Judges as many pairs of every class. Each time a pair is judged anew it comes out wrong with the chance `noise`.

    `harm` is the share of pairs that a change for the worse makes wrong: accuracy falls by `harm` times (1 - `noise`).
    """

    def __init__(self, pairs: int, *, noise: float, seed: int) -> None:
        self.noise, self.chance = noise, np.random.default_rng(seed)
        self.labels = np.arange(pairs) % len(CLASSES)

    def judge(self, *, harm: float = 0.0) -> np.ndarray:
        """The class of every pair."""
        wrong = self.chance.random(len(self.labels)) < self.noise
        wrong |= self.chance.random(len(self.labels)) < harm
        return (self.labels + wrong * self.chance.integers(1, 3, len(self.labels))) % len(CLASSES)

    def comparisons(self, number: int, *, harm: float = 0.0) -> Iterator[dict[Outcome, int]]:
        """Pairs judged twice, so many times over: how many had each outcome."""
        for _comparison in range(number):
            before, after = self.judge(), self.judge(harm=harm)
            codes, counts = np.unique(self.labels * 9 + before * 3 + after, return_counts=True)
            cells = ((CLASSES[code // 9], CLASSES[code // 3 % 3], CLASSES[code % 3]) for code in codes)
            yield dict(zip(cells, map(int, counts), strict=True))
