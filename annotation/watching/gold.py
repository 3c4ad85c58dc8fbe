"""How a person stands against gold, and whether they must stop. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.shares import Interval, wilson
from annotation.watching.evidence import Trial, first_over, peak, stakes
from annotation.watching.findings import USUAL, Terms

BAD = (0.3, 0.6)
"""Accuracies of people who do not work: at random on four levels, and careless."""


@dataclass(frozen=True, slots=True)
class GoldStanding:
    """Right of all gold answers, with Wilson's interval. `stopped_after` so many gold answers, None if not at all."""

    right: int
    answers: int
    interval: Interval
    evidence: float
    stopped_after: int | None

    @property
    def accuracy(self) -> float | None:
        """The share right; None before the first."""
        return self.right / self.answers if self.answers else None

    @property
    def must_stop(self) -> bool:
        """Whether they are too far off to go on."""
        return self.stopped_after is not None


def gold_standing(right: Sequence[bool], terms: Terms = USUAL) -> GoldStanding:
    """How a person stands after these gold answers, in their order since they began, or since they were let go on.

    To be asked after every gold answer. Of people whose true accuracy is `terms.fair` (.85) or better less than
    `terms.doubt` (1 in 100) are ever stopped. One who clicks at random on four levels (a quarter right) is stopped
    after 7 gold answers in half of all cases, and within 14 in 95 of 100.
    """
    evidence = list(stakes([Trial(one, terms.fair, BAD) for one in right]))
    stopped = first_over(evidence, 1 / terms.doubt)
    return GoldStanding(
        right=sum(right),
        answers=len(right),
        interval=wilson(sum(right), len(right)),
        evidence=peak(evidence),
        stopped_after=None if stopped is None else stopped + 1,
    )
