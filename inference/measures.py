"""The measures of the paper over judged pairs: by category, on the hard ones, by confidence, and the ablation. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any

from inference.metrics import Interval, LevelScores, Outcome, Scores, ratio, score_levels, scores_of, wilson
from inference.pipeline.ablation import Step, steps
from inference.pipeline.stages import Stage
from rules.engine.attributes import Level, LevelClass

HARD_SHARE = 0.5
"""How much of the smallest class is hard. Were all of it taken, nothing of it would have been chosen."""
BINS = 10
"""Ranges of confidence, equally wide."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A pair with its label and judgment, as far as they go, and what it is measured by.

    `labelled` is None where the label could not be read, `judged` where the judgment failed. `confidence` is None
    where there is none.
    """

    query: str
    title: str
    labelled: Level | None
    judged: Level | None
    category: str = ""
    confidence: float | None = None

    @property
    def outcome(self) -> Outcome:
        """The class it is labelled with, and the one it was judged to have."""
        return outcome(self.labelled, self.judged)


@dataclass(frozen=True, slots=True)
class Bin:
    """The judgments with a confidence from `low` to `high`: how many, how many right, how sure they were on average."""

    low: float
    high: float
    pairs: int
    right: int
    confidence: float

    @property
    def share(self) -> float:
        """The share of them that is right."""
        return ratio(self.right, self.pairs)

    @property
    def interval(self) -> Interval:
        """The 95% interval of the share."""
        return wilson(self.right, self.pairs)


@dataclass(frozen=True, slots=True)
class Measures:
    """All that is measured of one run. `reliability` is empty where judgments have no confidence."""

    scores: Scores
    levels: LevelScores
    hard: Scores
    categories: Mapping[str, Scores]
    reliability: tuple[Bin, ...]

    @property
    def miscalibration(self) -> float:
        """How far confidence and the share that is right lie apart on average (expected calibration error)."""
        pairs = sum(one.pairs for one in self.reliability)
        apart = sum(one.pairs * abs(one.share - one.confidence) for one in self.reliability)
        return apart / pairs if pairs else 0.0


class Gain(StrEnum):
    """What a stage did to the number of pairs judged right."""

    ADDS = "adds"
    NOTHING = "nothing"
    COSTS = "costs"


@dataclass(frozen=True, slots=True)
class Figures:
    """What an ablation shows of one chain: its scores on all pairs and on the hard ones, and which pairs are right.

    `right` has the pairs in the same order for every chain.
    """

    scores: Scores
    hard: Scores
    right: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One stage switched on behind those of the rows above; the first row has the texts and Algorithm 1 alone.

    `figures`, `before` (the row above), `without` (everything on but this stage) and `complete` (everything on) are
    None where they are not known yet.
    """

    step: Step
    figures: Figures | None
    before: Figures | None = None
    without: Figures | None = None
    complete: Figures | None = None

    @property
    def stage(self) -> Stage | None:
        """The stage switched on; None in the first row."""
        return self.step.stage

    @property
    def difference(self) -> float | None:
        """What the stage adds to the accuracy of the row above."""
        return accuracy_gained(self.before, self.figures)

    @property
    def macro_difference(self) -> float | None:
        """What the stage adds to the macro F1 of the row above."""
        if self.before is None or self.figures is None:
            return None
        return self.figures.scores.macro_f1 - self.before.scores.macro_f1

    @property
    def gain(self) -> Gain | None:
        """What the stage adds to the row above, in a word."""
        return gained(self.before, self.figures)

    @property
    def fixed(self) -> int:
        """How many pairs are right here that were wrong in the row above."""
        return turned(self.before, self.figures)

    @property
    def broken(self) -> int:
        """How many pairs are wrong here that were right in the row above."""
        return turned(self.figures, self.before)

    @property
    def missed(self) -> float | None:
        """What the complete chain owes to this stage: its accuracy less that of the chain without the stage."""
        return accuracy_gained(self.without, self.complete)

    @property
    def missed_gain(self) -> Gain | None:
        """The same, in a word."""
        return gained(self.without, self.complete)

    @property
    def idle(self) -> bool:
        """Whether the stage adds nothing where it stands, and is not missed either."""
        return self.gain is Gain.NOTHING and self.missed_gain is Gain.NOTHING

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        assert self.figures is not None
        stage = {"stage": self.stage.value, "paper": self.stage.paper} if self.stage else {"stage": None, "paper": None}
        row = {**stage, **self.figures.scores.to_json(), "hard_accuracy": self.figures.hard.accuracy}
        if self.stage is None or self.without is None:
            return row
        return row | {
            "difference": self.difference,
            "macro_f1_difference": self.macro_difference,
            "fixed": self.fixed,
            "broken": self.broken,
            "says": told(self.gain, self.difference),
            "without_this_stage": self.without.scores.accuracy,
            "missed_without": self.missed,
            "says_without": told(self.missed_gain, self.missed),
        }


def outcome(labelled: Level | None, judged: Level | None) -> Outcome:
    """The classes of two levels."""
    return labelled.level_class if labelled else None, judged.level_class if judged else None


def scores_over(pairs: Iterable[Measured]) -> Scores:
    """The scores over some pairs."""
    return scores_of(Counter(one.outcome for one in pairs))


def measures_of(pairs: Sequence[Measured], *, hard_most: int | None = None) -> Measures:
    """All measures over the judged pairs of one run."""
    return Measures(
        scores=scores_over(pairs),
        levels=score_levels((one.labelled, one.judged) for one in pairs),
        hard=scores_over(pairs[at] for at in hard_places(pairs, most=hard_most)),
        categories=by_category(pairs),
        reliability=reliability(pairs),
    )


def by_category(pairs: Iterable[Measured]) -> dict[str, Scores]:
    """The scores of every category that occurs, the one with the most pairs first. Each pair counts in one."""
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for one in pairs:
        counts[one.category][one.outcome] += 1
    by_size = sorted(counts, key=lambda name: (-counts[name].total(), name))
    return {name: scores_of(counts[name]) for name in by_size}


def hard_places(pairs: Sequence[Measured], *, most: int | None = None) -> tuple[int, ...]:
    """The places of the hard pairs in `pairs`: long titles under short queries, equally many of each class.

    Within each labelled class the pairs are ranked by the characters of the title for each character of the query,
    the highest first; of equals the longer title comes first, and then the texts decide. HARD_SHARE of the smallest
    class are taken of every class, rounded up, and at most `most`. Which pairs those are depends on texts and labels
    alone, so that it is the same for every chain. (AR-Med names longer titles with shorter queries, one to one to
    one, and gives no formula.)
    """
    classes: dict[LevelClass, list[int]] = {name: [] for name in LevelClass}
    for at, one in enumerate(pairs):
        if one.labelled is not None:
            classes[one.labelled.level_class].append(at)
    taken = ceil(HARD_SHARE * min(len(members) for members in classes.values()))
    taken = taken if most is None else min(taken, most)
    hard = (at for members in classes.values() for at in sorted(members, key=lambda at: hardness(pairs[at]))[:taken])
    return tuple(sorted(hard))


def hardness(pair: Measured) -> tuple[float, int, str, str]:
    """What the pairs of a class are ranked by, the hardest first."""
    title, query = len(pair.title.strip()), len(pair.query.strip())
    return -title / max(query, 1), -title, pair.query, pair.title


def reliability(pairs: Iterable[Measured]) -> tuple[Bin, ...]:
    """The labelled and judged pairs by their confidence, in ten ranges of which the empty ones are left out."""
    members: dict[int, list[Measured]] = defaultdict(list)
    for one in pairs:
        if one.confidence is not None and one.labelled is not None and one.judged is not None:
            members[min(max(int(one.confidence * BINS), 0), BINS - 1)].append(one)
    return tuple(_bin(at, members[at]) for at in sorted(members))


def ablation_rows(figures: Mapping[tuple[Stage, ...], Figures]) -> tuple[AblationRow, ...]:
    """The rows of the ablation, from the figures of each chain by what is off in it, as far as they are known."""
    rows = steps()
    complete = figures.get(rows[-1].off)
    before: Figures | None = None
    made = []
    for step in rows:
        known = figures.get(step.off)
        without = figures.get(step.off_without) if step.off_without is not None else None
        made.append(AblationRow(step, known, before, without, complete))
        before = known
    return tuple(made)


def accuracy_gained(before: Figures | None, after: Figures | None) -> float | None:
    """How much more of the pairs are right after than before."""
    return after.scores.accuracy - before.scores.accuracy if before and after else None


def turned(wrong_in: Figures | None, right_in: Figures | None) -> int:
    """How many pairs are wrong in one chain and right in another."""
    if wrong_in is None or right_in is None:
        return 0
    return sum(right and not other for other, right in zip(wrong_in.right, right_in.right, strict=True))


def is_right(found: Outcome) -> bool:
    """Whether a pair was judged with its class."""
    return found[0] is not None and found[0] is found[1]


def gained(before: Figures | None, after: Figures | None) -> Gain | None:
    """Whether more pairs are right after than before, as many, or fewer."""
    if before is None or after is None:
        return None
    more = after.scores.correct - before.scores.correct
    return Gain.NOTHING if more == 0 else Gain.ADDS if more > 0 else Gain.COSTS


def told(gain: Gain | None, difference: float | None) -> str:
    """A gain as the end of a sentence in English."""
    if gain is Gain.NOTHING:
        return "adds nothing on these pairs"
    return f"{gain} {100 * abs(difference or 0):.1f} points"


def _bin(at: int, members: Sequence[Measured]) -> Bin:
    return Bin(
        low=at / BINS,
        high=(at + 1) / BINS,
        pairs=len(members),
        right=sum(labelled is judged for labelled, judged in (one.outcome for one in members)),
        confidence=sum(one.confidence or 0.0 for one in members) / len(members),
    )
