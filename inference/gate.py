"""The gate: whether labelled pairs show that a change of rules does no more harm than is allowed. Pure.

It asks whether a fall as large as the one allowed can be ruled out, which too few pairs never do: a test of
non-inferiority (Wellek 2010, chapter 5), not the absence of a difference. Labelled pairs are a sample of all that
are searched for. An engine without noise makes no exception: of 41 pairs that a rule touches and none breaks, the
next could still break; up to 8.6 of 100 may.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inference.power import pairs_to_settle
from inference.significance import DOUBT, Flips, lowest_change, mcnemar, p_in_words
from rules.engine.attributes import LevelClass


class Answer(StrEnum):
    """What the gate says. The gravest of its lines decides."""

    FAILED = "failed"
    UNDERPOWERED = "underpowered"
    PASSED = "passed"


class Need(StrEnum):
    """What is asked for, the gravest first."""

    CRITICAL = "critical"
    BROKEN = "broken"
    WORSE = "worse"
    FEWEST = "fewest"
    TOUCHED = "touched"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lead allows.

    `hold_critical`: no pair that must hold may break. `most_broken`: the most pairs that may break, None for any
    number. `class_fall`: by how much the share of a class's labelled pairs that are judged right may fall.
    `touched_fall`: the same of the pairs that the change touches, whatever their class: a rule touches so few pairs
    of all that no class falls far, however bad the rule. `fewest_touched`: below so many it is not looked at.
    """

    hold_critical: bool = True
    most_broken: int | None = None
    class_fall: float = 0.05
    touched_fall: float = 0.10
    fewest_touched: int = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the labelled pairs. Every flip is of a pair that the change touches.

    `critical` counts broken pairs that must hold; `classes` has the flips of the pairs labelled with each class.
    """

    touched: Flips
    classes: Mapping[LevelClass, Flips]
    critical: int = 0

    @property
    def pairs(self) -> int:
        """How many labelled pairs there are."""
        return sum(one.pairs for one in self.classes.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One thing asked for, and the answer.

    `most` and `least` are the counts that CRITICAL, BROKEN and FEWEST ask for. `fall` is the share that may fall,
    `at_worst` the largest fall that can't be ruled out.
    """

    need: Need
    answer: Answer
    flips: Flips
    about: LevelClass | None = None
    most: int | None = None
    least: int = 0
    fall: float | None = None
    at_worst: float | None = None

    @property
    def lowest(self) -> float:
        """The largest fall that can't be ruled out, as a change."""
        return -(self.at_worst or 0.0)

    @property
    def lowest_allowed(self) -> float:
        """The largest fall that is allowed, as a change."""
        return -(self.fall or 0.0)

    @property
    def more(self) -> int | None:
        """How many more labelled pairs, of the class or touched by the change, would settle it; None: no number."""
        if self.answer is not Answer.UNDERPOWERED or self.fall is None:
            return 0
        more = pairs_to_settle(self.flips, fall=self.fall)
        return None if more is None else max(more, self.least - self.flips.pairs)


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything asked for. `p` is that of McNemar's test on all flips."""

    lines: tuple[Line, ...]
    p: float

    @property
    def p_words(self) -> str:
        """`p` as people write it."""
        return p_in_words(self.p)

    @property
    def answer(self) -> Answer:
        """Failed if any line failed, else underpowered if any can't be told."""
        return self.decisive.answer

    @property
    def decisive(self) -> Line:
        """The first line with the gravest answer."""
        return min(self.lines, key=lambda line: list(Answer).index(line.answer))


def gate(found: Found, terms: Terms) -> Gate:
    """Ask for everything.

    Failed: a critical pair breaks where none may; more pairs break than may; more break than are fixed and
    `mcnemar` rules out chance; a class fell by more than it may, and chance is ruled out with the doubt shared among
    the classes. Underpowered: too few pairs are touched, or a fall of a class or of the touched pairs by more than
    it may can't be ruled out by `lowest_change`. Passed: else. Where nothing changes for the worse or the better,
    at most 5 of 100 fail; where a share truly falls by as much as it may, at most 5 of 100 pass.
    """
    p = mcnemar(found.touched)
    lines = [*_counted(found, terms), _worse(found.touched, p), *_touched(found, terms), *_classes(found, terms)]
    return Gate(tuple(lines), p)


def _counted(found: Found, terms: Terms) -> Iterable[Line]:
    if terms.hold_critical:
        yield Line(Need.CRITICAL, _failed(found.critical > 0), Flips(0, found.critical, found.pairs), most=0)
    if terms.most_broken is not None:
        too_many = found.touched.broken > terms.most_broken
        yield Line(Need.BROKEN, _failed(too_many), found.touched, most=terms.most_broken)


def _worse(touched: Flips, p: float) -> Line:
    return Line(Need.WORSE, _failed(touched.fall > 0 and p < DOUBT), touched)


def _touched(found: Found, terms: Terms) -> Iterable[Line]:
    fewest, fall = terms.fewest_touched, terms.touched_fall
    enough = Answer.PASSED if found.touched.pairs >= fewest else Answer.UNDERPOWERED
    yield Line(Need.FEWEST, enough, found.touched, least=fewest, fall=fall)
    yield _ruled_out(Need.TOUCHED, found.touched, fall)


def _classes(found: Found, terms: Terms) -> Iterable[Line]:
    for name in LevelClass:
        flips = found.classes.get(name, Flips(0, 0, 0))
        fell = flips.fall > terms.class_fall and mcnemar(flips) < DOUBT / len(LevelClass)
        yield _ruled_out(Need.CLASS, flips, terms.class_fall, failed=fell, about=name)


def _ruled_out(need: Need, flips: Flips, fall: float, *, failed: bool = False, about: LevelClass | None = None) -> Line:
    at_worst = max(-lowest_change(flips), 0.0)
    answer = Answer.FAILED if failed else Answer.PASSED if at_worst <= fall else Answer.UNDERPOWERED
    return Line(need, answer, flips, about, fall=fall, at_worst=at_worst)


def _failed(failed: bool) -> Answer:
    return Answer.FAILED if failed else Answer.PASSED
