"""What other people's answers show: how often they agree, and how often they follow the models. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from annotation.settling import majority
from annotation.shares import wilson
from annotation.watching.findings import USUAL, Known, Person, Terms

FEWEST_FOLLOWING = 0.25
"""Working people are taken to follow votes at least so often: a few chance meetings must not make a copier."""
CANNOT_TELL = 1.0
ASKED = 2 / 3
"""How far from chance to what others show a person must at least come."""


class Basis(StrEnum):
    """Where the best answer to a pair comes from that is not the models'."""

    GOLD = "gold"
    RULING = "ruling"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Compared:
    """One label beside what is known of its pair. `people` is what all others say who gave it a label, if they agree.

    `vote` is what more than half of the models say. Each is None where nobody says it.
    """

    level: str
    gold: str | None
    ruling: str | None
    people: str | None
    vote: str | None

    @property
    def peer(self) -> str | None:
        """What other people say, or where nobody else was asked, the models; gold aside."""
        return self.people or self.vote

    @property
    def better(self) -> str | None:
        """The best answer known without the models."""
        return self.gold or self.ruling or self.people

    @property
    def basis(self) -> Basis:
        """Where `better` comes from."""
        return Basis.GOLD if self.gold else Basis.RULING if self.ruling else Basis.PEOPLE

    @property
    def is_contested(self) -> bool:
        """Whether the models' vote is not the best answer known, so that following it shows."""
        return self.vote is not None and self.better is not None and self.vote != self.better


@dataclass(frozen=True, slots=True)
class Others:
    """Bounds of what working people show: their `agreement` at least, what `chance` would give, and `following`.

    `following` is how often at most they give the models' vote where a better answer differs from it; 1 where that
    cannot be told.
    """

    agreement: float
    chance: float
    following: Mapping[Basis, float]

    @property
    def asked(self) -> float:
        """The agreement below which a person is nearer to chance than to others."""
        return self.chance + ASKED * max(self.agreement - self.chance, 0.0)


def compared(level: str, known: Known, *leave: Person) -> Compared:
    """A label beside what others than those left out say of its pair."""
    said = {label for who, label in known.labels.items() if who not in leave}
    people = said.pop() if len(said) == 1 else None
    return Compared(level, known.gold, known.ruling, people, _vote(tuple(known.votes)))


def others_of(known: Iterable[Known], *, without: Person, terms: Terms = USUAL) -> Others:
    """What everyone shows whose labels are in `known`, but for one person."""
    seen = Counter(
        compared(level, one, who, without) for one in known for who, level in one.labels.items() if who != without
    )
    return _others(seen, terms)


def others_of_each(known: Iterable[Known], *, terms: Terms = USUAL) -> dict[Person, Others]:
    """What everyone else shows, for each person, at one reading.

    Nobody's own answers are among those of the others, as in `others_of`; that others are compared with them too
    makes agreement a little lower where their labels are bad.
    """
    shown: defaultdict[Person, Counter[Compared]] = defaultdict(Counter)
    for one in known:
        for who, level in one.labels.items():
            shown[who][compared(level, one, who)] += 1
    everyone: Counter[Compared] = Counter()
    for theirs in shown.values():
        everyone.update(theirs)
    return {who: _others(everyone - theirs, terms) for who, theirs in shown.items()}


def _others(seen: Mapping[Compared, int], terms: Terms) -> Others:
    agreement, chance = _agreement(seen, terms)
    following = {basis: _following(seen, basis, terms) for basis in Basis}
    following[Basis.PEOPLE] = max(following[Basis.PEOPLE], _following_of_the_best(seen, terms))
    return Others(agreement, chance, following)


def _agreement(seen: Mapping[Compared, int], terms: Terms) -> tuple[float, float]:
    """How often two agree at least, and how often they would by chance."""
    trials = sum(times for one, times in seen.items() if one.peer)
    if trials < terms.enough:
        return terms.usual_agreement, terms.usual_chance
    hits = sum(times for one, times in seen.items() if one.peer == one.level)
    levels: Counter[str] = Counter()
    for one, times in seen.items():
        levels[one.level] += times
    return wilson(hits, trials).low, sum((count / levels.total()) ** 2 for count in levels.values())


def _following(seen: Mapping[Compared, int], basis: Basis, terms: Terms) -> float:
    contested = {one: times for one, times in seen.items() if one.is_contested and one.basis is basis}
    trials = sum(contested.values())
    if trials < terms.enough:
        return terms.usual_following
    followed = sum(times for one, times in contested.items() if one.level == one.vote)
    return max(wilson(followed, trials).high, FEWEST_FOLLOWING)


def _following_of_the_best(seen: Mapping[Compared, int], terms: Terms) -> float:
    """How often somebody who is always right would give the vote where another person differs from it, at most.

    That other person is then wrong, which is no more often than others are on gold. Without gold, someone who is
    better than others cannot be told from someone who copies votes that are.
    """
    on_gold = {one: times for one, times in seen.items() if one.gold}
    voted = {one: times for one, times in seen.items() if one.vote}
    answers, apart = sum(on_gold.values()), sum(times for one, times in voted.items() if one.vote != one.level)
    if answers < terms.enough or apart < terms.enough:
        return CANNOT_TELL
    wrong = sum(times for one, times in on_gold.items() if one.level != one.gold)
    return min(wilson(wrong, answers).high * sum(voted.values()) / apart, CANNOT_TELL)


@cache
def _vote(votes: tuple[str, ...]) -> str | None:
    return majority(votes)
