"""What is wrong with a whole set of rules: rules that disagree, that never win, that never fire, examples not covered.

Every finding names its witness: facts and a day on which it shows. Findings are exact: a rule set has one exactly
where a search through every situation would find it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.engine.attributes import Attribute, Facts, Level, gettext_noop
from rules.engine.content import Example
from rules.engine.decide import precedence
from rules.engine.recall import RuleIndex
from rules.engine.rule import EffectKind, EngineRule
from rules.engine.situation import ANYTHING, Domain, Situation, days_of, find_facts

FINAL = (EffectKind.FORBID, EffectKind.FORCE)
SETTLING = (EffectKind.REQUIRE, EffectKind.WAIVE)


class Settled(StrEnum):
    """What lets one of two rules that disagree win."""

    KIND = "kind"
    SPECIFICITY = "specificity"
    AGE = "age"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return SETTLED_LABELS[self]


SETTLED_LABELS = {
    Settled.KIND: gettext_noop("the kind of its effect"),
    Settled.SPECIFICITY: gettext_noop("being more specific"),
    Settled.AGE: gettext_noop("being newer"),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that can fire on one pair and leave no level, or no settled attribute, that both allow.

    `winner` is the number of the one that would win, `settled` what by.
    """

    one: int
    other: int
    winner: int
    settled: Settled
    witness: Situation


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A rule that is overruled wherever it fires. `by` are the rules that overrule it in the witness."""

    rule: int
    by: tuple[int, ...]
    witness: Situation


@dataclass(frozen=True, slots=True)
class NeverFires:
    """A rule whose conditions can't hold together, on values that pairs can have, on any day from now on."""

    rule: int
    expired: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A pinned example that its own rule does not fire on."""

    rule: int
    example: Example
    witness: Situation


@dataclass(frozen=True, slots=True)
class Outruled:
    """Whether a rule is `free` to fire without its rivals; where not, facts on which it fires with some of them."""

    free: bool
    facts: Facts | None = None


Finding = Conflict | Shadowed | NeverFires | Gap


class Analysis:
    """A rule set laid out for questions about any of its rules. `since`: the day from which on it matters."""

    def __init__(self, rules: Iterable[EngineRule], *, since: date, domain: Domain = ANYTHING) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.number))
        self.since = since
        self.domain = domain
        self._index = RuleIndex(self.rules)
        self._dated = [rule for rule in self.rules if rule.valid_from or rule.valid_until]

    def never_firing(self, rule: EngineRule) -> NeverFires | None:
        """Whether a rule can't fire."""
        if next(days_of(rule, (), self.since), None) is None:
            return NeverFires(rule.number, expired=True)
        if find_facts((rule,), (), self.domain) is None:
            return NeverFires(rule.number, expired=False)
        return None

    def shadowed(self, rule: EngineRule) -> Shadowed | None:
        """Whether others win wherever a rule fires. A rule that never fires is not shadowed; advice never is."""
        groups = rival_groups(rule, self.rules)
        witness = None
        for day in days_of(rule, self._dated, self.since):
            for rivals in groups:
                outruled = self._outruled(rule, frozenset(r.number for r in rivals if r.is_valid_on(day)))
                if outruled.free:
                    return None
                if witness is None and outruled.facts is not None:
                    witness = Situation(outruled.facts, day)
        return self._told(rule, witness) if witness else None

    def conflict(self, one: EngineRule, other: EngineRule) -> Conflict | None:
        """Whether two rules can fire together and disagree."""
        if not disagree(one, other):
            return None
        day = max(one.valid_from or self.since, other.valid_from or self.since, self.since)
        if not (one.is_valid_on(day) and other.is_valid_on(day)):
            return None
        facts = find_facts((one, other), (), self.domain)
        if facts is None:
            return None
        first, second = sorted((one, other), key=lambda rule: rule.number)
        winner, settled = settle(first, second)
        return Conflict(first.number, second.number, winner.number, settled, Situation(facts, day))

    def _outruled(self, rule: EngineRule, rivals: frozenset[int]) -> "Outruled":
        """Whether a rule can fire without any of its rivals.

        Rivals are taken into account only once they are found to fire, so that few of many ever are.
        """
        silent: dict[int, EngineRule] = {}
        shown: Facts | None = None
        while (facts := find_facts((rule,), silent.values(), self.domain)) is not None:
            fired = {r.rule.number: r.rule for r in self._index.recall(facts) if r.rule.number in rivals}
            if not fired:
                return Outruled(free=True)
            shown = shown or facts
            silent |= fired
        return Outruled(free=False, facts=shown)

    def _told(self, rule: EngineRule, situation: Situation) -> Shadowed:
        recalled = [r.rule for r in self._index.recall(situation.facts) if r.rule.is_valid_on(situation.day)]
        rivals = {rival.number for group in rival_groups(rule, recalled) for rival in group}
        return Shadowed(rule.number, tuple(sorted(rivals)), situation)


def analyse(rules: Iterable[EngineRule], *, since: date, domain: Domain = ANYTHING) -> Iterator[Finding]:
    """Every finding about a rule set: what never fires, what is shadowed, then what disagrees."""
    analysis = Analysis(rules, since=since, domain=domain)
    firing = []
    for rule in analysis.rules:
        if never := analysis.never_firing(rule):
            yield never
            continue
        firing.append(rule)
        if shadow := analysis.shadowed(rule):
            yield shadow
    for place, one in enumerate(firing):
        for other in firing[place + 1 :]:
            if conflict := analysis.conflict(one, other):
                yield conflict


def rival_groups(rule: EngineRule, rules: Iterable[EngineRule]) -> list[list[EngineRule]]:
    """The rules that overrule `rule` where they fire with it; it needs to be free of one group only to have its say.

    One group, but for a rule that settles several attributes: it has its say if it settles one of them.
    """
    others = [other for other in rules if other.number != rule.number]
    kind = rule.effect.kind
    if kind is EffectKind.ADVISE:
        return [[]]
    stronger = [other for other in others if _overrules_by_kind(other.effect.kind, kind)]
    if kind in SETTLING:
        return [
            [*stronger, *(r for r in others if _settles(r, attribute) and precedence(r) > precedence(rule))]
            for attribute in rule.effect.attributes
        ]
    return [stronger + [r for r in others if r.effect.kind is kind and precedence(r) > precedence(rule)]]


def disagree(one: EngineRule, other: EngineRule) -> bool:
    """Whether no level, or no settled attribute, is allowed by both rules at once."""
    if one.effect.kind in SETTLING or other.effect.kind in SETTLING:
        kinds = {one.effect.kind, other.effect.kind}
        return kinds == set(SETTLING) and bool(set(one.effect.attributes) & set(other.effect.attributes))
    return not allowed(one) & allowed(other)


def allowed(rule: EngineRule) -> frozenset[Level]:
    """The levels that a rule's effect leaves possible."""
    level = rule.effect.level
    match rule.effect.kind:
        case EffectKind.FORBID:
            return frozenset({Level.IRRELEVANT})
        case EffectKind.FORCE:
            return frozenset(one for one in Level if one is level)
        case EffectKind.CAP:
            return frozenset(one for one in Level if level is None or one.rank <= level.rank)
        case EffectKind.FLOOR:
            return frozenset(one for one in Level if level is None or one.rank >= level.rank)
    return frozenset(Level)


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


def count_of(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each sort."""
    sorts = (Conflict, Shadowed, NeverFires, Gap)
    return {sort.__name__: sum(isinstance(one, sort) for one in findings) for sort in sorts}
