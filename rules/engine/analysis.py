"""What is wrong with a whole set of rules: rules that disagree, that never win, that never fire, examples not covered.

Every finding names its witness: facts and a day on which it shows. Findings are exact: a rule set has one exactly
where a search through every situation would find it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from rules.engine.attributes import Attribute
from rules.engine.content import Example
from rules.engine.contradiction import VALUE_OPERATORS, sides
from rules.engine.decide import precedence
from rules.engine.disagreement import SETTLING, Disagreements, opposed, places_in
from rules.engine.findings import Absent, Conflict, Finding, Gap, NeverFires, Settled, Shadowed
from rules.engine.recall import RuleIndex
from rules.engine.rule import EffectKind, EngineRule
from rules.engine.situation import ANYTHING, Domain, Situation, find_facts

AT_ONCE = 8
"""Rivals that one more search takes into account."""
FINAL = (EffectKind.FORBID, EffectKind.FORCE)


@dataclass(frozen=True, slots=True)
class Outruled:
    """Where a rule is `free` of rivals; or a situation in which it fires with some, as everywhere up to a day.

    `rivals` are those that are enough for that.
    """

    free: Situation | None = None
    fires: Situation | None = None
    until: date | None = None
    rivals: frozenset[EngineRule] = frozenset()


class Analysis:
    """A rule set laid out for questions about any of its rules. `since`: the day from which on it matters.

    What was found of a rule is kept: that it can't fire, facts on which it fires and has its say, or the rules that
    keep it from that together.
    """

    def __init__(self, rules: Iterable[EngineRule], *, since: date, domain: Domain = ANYTHING) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.number))
        self.since = since
        self.domain = domain
        self._index = RuleIndex(self.rules)
        self._never: dict[EngineRule, NeverFires | None] = {}
        self._free: dict[EngineRule, Situation] = {}
        self._covered: dict[EngineRule, frozenset[EngineRule]] = {}
        self._covered_before: frozenset[EngineRule] = frozenset()

    def with_rules(self, rules: Iterable[EngineRule], domain: Domain | None = None) -> "Analysis":
        """The analysis of other rules, which takes over what holds of those that stay.

        `domain` may tell more values apart, those that the other rules name; it has to say the same of these here.
        """
        other = Analysis(rules, since=self.since, domain=self.domain if domain is None else domain)
        here, there = set(self.rules), set(other.rules)
        index = RuleIndex(there - here)
        other._never = dict(self._never)
        other._covered_before = frozenset(rule for rule, cover in self._covered.items() if cover <= there)
        other._free = {rule: known for rule, known in self._free.items() if not index.fired(known.facts)}
        return other

    @cached_property
    def firing(self) -> tuple[EngineRule, ...]:
        """The rules that can fire."""
        return tuple(rule for rule in self.rules if self.never_firing(rule) is None)

    @cached_property
    def disagreements(self) -> Disagreements:
        """All pairs of rules that can fire together and disagree; places are those in `firing`."""
        return Disagreements(self.firing, since=self.since, domain=self.domain)

    def never_firing(self, rule: EngineRule) -> NeverFires | None:
        """Whether a rule can't fire."""
        if rule not in self._never:
            expired = rule.valid_until is not None and rule.valid_until < self._start(rule)
            dead = expired or find_facts((rule,), (), self.domain) is None
            absent = self._absent(rule) if dead and not expired else ()
            self._never[rule] = NeverFires(rule.number, expired, absent) if dead else None
        return self._never[rule]

    def _absent(self, rule: EngineRule) -> tuple[Absent, ...]:
        """The values without which a rule that can't fire could; none where it could not if there were all values."""
        if find_facts((rule,), ()) is None:
            return ()
        asked = [
            [Absent(side, c.attribute, value) for value in c.values]
            for c in rule.conditions
            if c.operator in VALUE_OPERATORS and c.attribute is not None
            for side in sides(c)
        ]
        lacking = [[one for one in some if not self._has(one)] for some in asked]
        whole = [gone for some, gone in zip(asked, lacking, strict=True) if gone == some]
        return tuple(dict.fromkeys(one for some in whole or lacking for one in some))

    def _has(self, asked: Absent) -> bool:
        return self.domain.has(asked.side, asked.attribute, asked.value)

    def shadowed(self, rule: EngineRule, *, without: EngineRule | None = None) -> Shadowed | None:
        """Whether others win wherever a rule fires. A rule that never fires is not shadowed; advice never is.

        `without` is left out of account.
        """
        if rule in self._free:
            return None
        witness, cover = None, set[EngineRule]()
        for is_rival in rivalries(rule):
            day: date | None = self._start(rule)
            while day is not None and rule.is_valid_on(day):
                outruled = self._outruled(rule, is_rival, day, without)
                if outruled.free:
                    if without is None:
                        self._free[rule] = outruled.free
                    return None
                witness = witness or outruled.fires
                cover |= outruled.rivals
                day = outruled.until and outruled.until + timedelta(days=1)
        if without is None:
            self._covered[rule] = frozenset(cover)
        return self._told(rule, witness) if witness else None

    def conflict(self, one: EngineRule, other: EngineRule) -> Conflict | None:
        """Whether two rules can fire together and disagree."""
        if not opposed(one.effect, other.effect):
            return None
        day = max(self._start(one), self._start(other))
        if not (one.is_valid_on(day) and other.is_valid_on(day)):
            return None
        facts = find_facts((one, other), (), self.domain)
        if facts is None:
            return None
        first, second = sorted((one, other), key=lambda rule: rule.number)
        winner, settled = settle(first, second)
        return Conflict(first.number, second.number, winner.number, settled, Situation(facts, day))

    def conflicts(self, most: int | None = None) -> Iterator[Conflict]:
        """The conflicts by rule number, of each rule at most so many with rules behind it."""
        for place, one in enumerate(self.firing):
            for other in islice(self.disagreements.places(place), most):
                if found := self.conflict(one, self.firing[other]):
                    yield found

    def about(self, rule: EngineRule, most: int | None = None) -> Iterator[Finding]:
        """The findings that one rule of the set has a part in, at most so many of them conflicts.

        A rule that was shadowed without it as well is not among them.
        """
        if finding := self.never_firing(rule):
            yield finding
            return
        if shadow := self.shadowed(rule):
            yield shadow
        place = self.firing.index(rule)
        for other in islice(places_in(self.disagreements.of(place)), most):
            if found := self.conflict(rule, self.firing[other]):
                yield found
        for other in places_in(self.disagreements.together(place)):
            shadow = self._shadowed_by(rule, self.firing[other])
            if shadow:
                yield shadow

    def _shadowed_by(self, rule: EngineRule, other: EngineRule) -> Shadowed | None:
        """Whether `other` is shadowed, and would not be without `rule`."""
        if other is rule or other in self._covered_before or not any(is_rival(rule) for is_rival in rivalries(other)):
            return None
        shadow = self.shadowed(other)
        if shadow is None or self.shadowed(other, without=rule):
            return None
        return shadow

    def _outruled(
        self, rule: EngineRule, is_rival: Callable[[EngineRule], bool], day: date, without: EngineRule | None
    ) -> "Outruled":
        """Whether, and up to when, a rule is kept from firing without rivals from a day on.

        Rivals are taken into account only once they are found to fire, the most general first, so that few of many
        ever are.
        """
        silent: list[EngineRule] = []
        fires: Situation | None = None
        while (facts := find_facts((rule,), silent, self.domain)) is not None:
            others = (r for r in self._index.fired(facts).values() if r is not rule and r is not without)
            rivals = [r for r in others if r.is_valid_on(day) and is_rival(r)]
            if not rivals:
                return Outruled(free=Situation(facts, day))
            fires = fires or Situation(facts, day)
            silent += nsmallest(AT_ONCE, rivals, key=lambda r: (r.specificity, r.number))
        until = min((r.valid_until for r in silent if r.valid_until), default=None)
        return Outruled(fires=fires, until=until, rivals=frozenset(silent))

    def _start(self, rule: EngineRule) -> date:
        return max(rule.valid_from or self.since, self.since)

    def _told(self, rule: EngineRule, situation: Situation) -> Shadowed:
        fired = self._index.fired(situation.facts).values()
        recalled = [r for r in fired if r.is_valid_on(situation.day)]
        rivals = {r.number for is_rival in rivalries(rule) for r in recalled if r is not rule and is_rival(r)}
        return Shadowed(rule.number, tuple(sorted(rivals - {rule.number})), situation)


def analyse(rules: Iterable[EngineRule], *, since: date, domain: Domain = ANYTHING) -> Iterator[Finding]:
    """Every finding about a rule set: what never fires, what is shadowed, then what disagrees."""
    analysis = Analysis(rules, since=since, domain=domain)
    for rule in analysis.rules:
        if finding := analysis.never_firing(rule) or analysis.shadowed(rule):
            yield finding
    yield from analysis.conflicts()


def rivalries(rule: EngineRule) -> list[Callable[[EngineRule], bool]]:
    """Which rules overrule `rule` where they fire with it; it has its say where it is free of one sort of rivals.

    There is one sort, but for a rule that settles several attributes: it has its say if it settles one of them.
    """
    kind, rank = rule.effect.kind, precedence(rule)

    def stronger(other: EngineRule) -> bool:
        return _overrules_by_kind(other.effect.kind, kind)

    def ahead(other: EngineRule) -> bool:
        return stronger(other) or (other.effect.kind is kind and precedence(other) > rank)

    def settling(attribute: Attribute) -> Callable[[EngineRule], bool]:
        return lambda other: stronger(other) or (_settles(other, attribute) and precedence(other) > rank)

    if kind is EffectKind.ADVISE:
        return [lambda other: False]
    return [settling(attribute) for attribute in rule.effect.attributes] if kind in SETTLING else [ahead]


def settle(one: EngineRule, other: EngineRule) -> tuple[EngineRule, Settled]:
    """Which of two rules that disagree wins, and by what."""
    order = list(EffectKind)
    same = one.effect.kind is other.effect.kind or {one.effect.kind, other.effect.kind} == set(SETTLING)
    if not same:
        return min(one, other, key=lambda rule: order.index(rule.effect.kind)), Settled.KIND
    settled = Settled.AGE if one.specificity == other.specificity else Settled.SPECIFICITY
    return max(one, other, key=precedence), settled


def gaps(rules: Iterable[EngineRule], examples: Iterable[tuple[int, Example, Situation]]) -> Iterator[Gap]:
    """The pinned examples, with what they are understood as, that the rule pinning them does not fire on."""
    index = RuleIndex(rules)
    for number, example, situation in examples:
        fired = (r.rule for r in index.recall(situation.facts) if r.rule.is_valid_on(situation.day))
        if all(rule.number != number for rule in fired):
            yield Gap(number, example, situation)


def _overrules_by_kind(other: EffectKind, kind: EffectKind) -> bool:
    """Whether a rule of one kind wins over a rule of another whatever they say."""
    if other is EffectKind.FORBID:
        return kind is not EffectKind.FORBID
    return other is EffectKind.FORCE and kind not in FINAL


def _settles(rule: EngineRule, attribute: Attribute) -> bool:
    return rule.effect.kind in SETTLING and attribute in rule.effect.attributes
