"""How steadily a model answers when it is asked about one pair again and again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inference.pipeline.model_answer import Answer
from rules.engine.attributes import Level


@dataclass(frozen=True, slots=True)
class Stability:
    """Several answers on one judgment.

    `level` is the commonest, the lower one of two equally common; None where nothing was answered. `share` (0 to 1)
    is how many of the answers name it, `class_share` how many its class. `spread` is how many levels the highest lies
    above the lowest, 0 to 3. `failed` were no answers, and are in no share.
    """

    level: Level | None
    counts: Mapping[Level, int]
    share: float
    class_share: float
    spread: int
    failed: int

    @property
    def answered(self) -> int:
        """How many answers there are."""
        return sum(self.counts.values())

    @property
    def steady(self) -> bool:
        """Whether every answer is the same, of two at least."""
        return self.answered > 1 and self.spread == 0


def stability_of(answers: Sequence[Answer | Level | None]) -> Stability:
    """The stability of answers or their levels; None stands for a failed one."""
    levels = [one.level if isinstance(one, Answer) else one for one in answers if one is not None]
    failed = len(answers) - len(levels)
    if not levels:
        return Stability(None, {}, 0.0, 0.0, 0, failed)
    counted = Counter(levels)
    counts = {level: counted[level] for level in Level if counted[level]}
    commonest = commonest_of(counts)
    of_class = sum(count for level, count in counts.items() if level.level_class is commonest.level_class)
    ranks = [level.rank for level in counts]
    return Stability(
        level=commonest,
        counts=counts,
        share=counts[commonest] / len(levels),
        class_share=of_class / len(levels),
        spread=max(ranks) - min(ranks),
        failed=failed,
    )


def commonest_of(counts: Mapping[Level, int]) -> Level:
    """The level counted most; of several the lowest, since a product shown for nothing does more harm than one left out."""
    return max(counts, key=lambda level: (counts[level], -level.rank))


def agreed(answers: Sequence[Answer]) -> Answer:
    """The answer that stands for several: the first one with the commonest level."""
    level = commonest_of(Counter(one.level for one in answers))
    return next(one for one in answers if one.level is level)
