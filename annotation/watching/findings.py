"""What is asked of annotators, what is known of a pair, and what is found about a person. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotation.shares import Interval
from rules.engine.attributes import gettext_noop

Person = Any
Item = Any
"""Whatever tells people and pairs apart, as their ids."""


class Kind(StrEnum):
    """Why a person's labels tell little."""

    FAR_OFF = "far_off"
    COPIES = "copies"
    RANDOM = "random"
    TIRES = "tires"

    @property
    def label(self) -> str:
        """What it says of a person, the key of its translation."""
        return KIND_LABELS[self]


class Strength(StrEnum):
    """How sure it is."""

    NONE = "none"
    HINT = "hint"
    """Worth a look: one honest person in ten shows as much at some time."""
    CLEAR = "clear"


KIND_LABELS = {
    Kind.FAR_OFF: gettext_noop("far from the known answers"),
    Kind.COPIES: gettext_noop("follows the models where they are wrong"),
    Kind.RANDOM: gettext_noop("agrees with others hardly more than chance"),
    Kind.TIRES: gettext_noop("gets worse during a sitting"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a person, and how sure a finding must be.

    `doubt`: the share of people as good as asked of whom a finding is ever made, however many answers they give.
    `fair`: the accuracy on gold that is good enough. `gap`: seconds without an answer that end a sitting.
    `usual_*` stand for what other people show until `enough` of their answers can be compared.
    """

    doubt: float = 0.01
    hint: float = 0.1
    fair: float = 0.85
    enough: int = 30
    usual_agreement: float = 0.6
    usual_chance: float = 0.3
    usual_following: float = 0.6
    gap: float = 1800.0


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Answer:
    """One label of the person watched. `at` is any clock in seconds, `seconds` how long it took, if known."""

    item: Item
    level: str
    at: float = 0.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pair: its hidden gold level, the ruling on it, the models' votes, and people's labels.

    A ruling is not gold: pairs are ruled on because people differ, so that most who are ruled on err there.
    """

    gold: str | None = None
    ruling: str | None = None
    votes: Sequence[str] = ()
    labels: Mapping[Person, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one way of looking at a person's answers shows.

    `evidence`: how many times likelier the answers are from such a person than from one who works as asked, at its
    highest so far. One who works reaches 1/d at any time in at most a share d of careers. `statistic` is the share
    that the kind looks at (`FAR_OFF`: right on gold; `COPIES`: same as the vote where a better answer differs;
    `RANDOM`: same as others; `TIRES`: change in share right in a hundred answers of a sitting), with its 95%
    interval, None where nothing could be compared. `expected` is the bound of what people who work show. `answers`
    were compared; `after`: how many the person had given when it became clear, None while it is not.
    """

    kind: Kind
    strength: Strength
    evidence: float
    statistic: float | None
    interval: Interval | None
    expected: float | None
    answers: int
    after: int | None


def strength_of(evidence: float, terms: Terms) -> Strength:
    """How sure so much evidence makes it."""
    if evidence >= 1 / terms.doubt:
        return Strength.CLEAR
    return Strength.HINT if evidence >= 1 / terms.hint else Strength.NONE
