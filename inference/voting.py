"""A vote of several judges over the same pairs, and how it stands to people's labels (AR-Med, appendix A.3). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from annotation.settling import Rule, Settled, settle
from inference.metrics import Interval, Outcome, Scores, ratio, scores_of, wilson
from rules.engine.attributes import Level, LevelClass, gettext_noop

Votes = Sequence[Level | None]
"""What each judge said of one pair, in the same order for every pair; None where its judgment failed."""
VOTES_KEPT = 16_384
"""Votes settled once: most pairs are voted on alike."""


class Standing(StrEnum):
    """How the judges stand to each other on a pair. Whether they differ is a matter of the class."""

    UNANIMOUS = "unanimous"
    SPLIT = "split"
    INCOMPLETE = "incomplete"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.UNANIMOUS: gettext_noop("unanimous"),
    Standing.SPLIT: gettext_noop("split"),
    Standing.INCOMPLETE: gettext_noop("incomplete"),
}


@dataclass(frozen=True, slots=True)
class Ballot:
    """One pair with what each judge said of it, and the level that people gave it, if any."""

    pair: int
    levels: tuple[Level | None, ...]
    labelled: Level | None = None
    category: str = ""
    hard: bool = False

    @property
    def standing(self) -> Standing:
        """How the judges stand to each other."""
        return standing_of(self.levels)

    @property
    def level(self) -> Level | None:
        """The level that the vote comes to; None where it comes to none."""
        return level_of(self.levels)

    @property
    def right(self) -> bool | None:
        """Whether the vote has the class of the label, no level being wrong; None without a label."""
        return None if self.labelled is None else same_class(self.level, self.labelled)

    @property
    def disagrees(self) -> bool:
        """Whether the vote comes to another class than people's."""
        return self.labelled is not None and self.level is not None and not same_class(self.level, self.labelled)


@dataclass(frozen=True, slots=True)
class Share:
    """Some pairs of others."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 0 where there is nothing."""
        return ratio(self.part, self.whole)

    @property
    def interval(self) -> Interval:
        """Its 95% interval (Wilson)."""
        return wilson(self.part, self.whole)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; no share of nothing."""
        around = self.interval
        share = self.value if self.whole else None
        return {"part": self.part, "whole": self.whole, "share": share, "low": around.low, "high": around.high}


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the pairs, as A.3 tells them.

    `unanimous`, `split`, `incomplete`, `undecided` (the vote comes to no level) are shares of all these pairs;
    `right`, `right_unanimous`, `right_split` of the labelled ones, of them those unanimous, those split: undecided
    ones count as wrong. `disagreement`: of the labelled pairs on which the vote comes to a level, those on which it is
    of another class than people's.
    """

    pairs: int
    unanimous: Share
    split: Share
    incomplete: Share
    undecided: Share
    right: Share
    right_unanimous: Share
    right_split: Share
    disagreement: Share

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        names = ("unanimous", "split", "incomplete", "undecided", "right", "right_unanimous", "right_split")
        shares = {name: getattr(self, name).to_json() for name in (*names, "disagreement")}
        return {"pairs": self.pairs, **shares}


@dataclass(frozen=True, slots=True)
class Report:
    """A vote over a set of pairs: all of them, those that people put in each class, and the hard ones.

    `vote` are the scores of the vote, `judges` those of each judge, over the labelled pairs.
    """

    everyone: Part
    classes: Mapping[LevelClass, Part]
    hard: Part
    vote: Scores
    judges: tuple[Scores, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **self.everyone.to_json(),
            "classes": {name.value: part.to_json() for name, part in self.classes.items()},
            "hard": self.hard.to_json(),
            "vote": self.vote.to_json(),
        }


def standing_of(votes: Votes) -> Standing:
    """UNANIMOUS: every judge gave a level, and all are of one class. SPLIT: two of them are of different classes.

    INCOMPLETE: a judgment failed, and those that did not agree in class.
    """
    classes = {level.level_class for level in votes if level is not None}
    if len(classes) > 1:
        return Standing.SPLIT
    return Standing.UNANIMOUS if votes and None not in votes else Standing.INCOMPLETE


def level_of(votes: Votes) -> Level | None:
    """The level that a vote comes to.

    First the class: the one that more than half of all judges gave; a judge whose judgment failed gave none. Then
    within it the level that most of them gave, of two the lower one, as people's labels are settled. None where no
    class has so many: such a pair is for people.
    """
    return _settled(tuple(votes))


def report_of(ballots: Sequence[Ballot]) -> Report:
    """All that is told of a vote. Every ballot has the same judges."""
    judges = max((len(one.levels) for one in ballots), default=0)
    labelled = [one for one in ballots if one.labelled is not None]
    return Report(
        everyone=part_of(ballots),
        classes={name: part_of(_labelled(labelled, name)) for name in LevelClass},
        hard=part_of([one for one in ballots if one.hard]),
        vote=_scores((one.labelled, one.level) for one in labelled),
        judges=tuple(_scores((one.labelled, one.levels[at]) for one in labelled) for at in range(judges)),
    )


def part_of(ballots: Sequence[Ballot]) -> Part:
    """What is told of some pairs."""
    standing = Counter(one.standing for one in ballots)
    judged = [(one.standing, one.right, one.level) for one in ballots if one.labelled is not None]
    decided = [right for _standing, right, level in judged if level is not None]
    pairs = len(ballots)
    return Part(
        pairs=pairs,
        unanimous=Share(standing[Standing.UNANIMOUS], pairs),
        split=Share(standing[Standing.SPLIT], pairs),
        incomplete=Share(standing[Standing.INCOMPLETE], pairs),
        undecided=Share(sum(one.level is None for one in ballots), pairs),
        right=_right(right for _standing, right, _level in judged),
        right_unanimous=_right(right for one, right, _level in judged if one is Standing.UNANIMOUS),
        right_split=_right(right for one, right, _level in judged if one is Standing.SPLIT),
        disagreement=Share(sum(not right for right in decided), len(decided)),
    )


def same_class(one: Level | None, other: Level | None) -> bool:
    """Whether two levels are of one class; none is of no class."""
    return one is not None and other is not None and one.level_class is other.level_class


@lru_cache(maxsize=VOTES_KEPT)
def _settled(votes: tuple[Level | None, ...]) -> Level | None:
    given = [level for level in votes if level is not None]
    came = settle([level.value for level in given], rule=Rule.MAJORITY)
    if not isinstance(came, Settled):
        return None
    behind = sum(level.level_class is came.level.level_class for level in given)
    return came.level if 2 * behind > len(votes) else None


def _right(found: Iterable[bool | None]) -> Share:
    told = list(found)
    return Share(sum(bool(one) for one in told), len(told))


def _labelled(ballots: Iterable[Ballot], name: LevelClass) -> list[Ballot]:
    return [one for one in ballots if one.labelled is not None and one.labelled.level_class is name]


def _scores(pairs: Iterable[tuple[Level | None, Level | None]]) -> Scores:
    counted: Counter[Outcome] = Counter((_class(labelled), _class(judged)) for labelled, judged in pairs)
    return scores_of(counted)


def _class(level: Level | None) -> LevelClass | None:
    return level.level_class if level else None
