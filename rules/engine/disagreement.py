"""Which of many rules can fire together and disagree, for all pairs at once.

Attributes are independent of each other, and a text may hold any words, so that two rules can fire together exactly
where they can on every attribute taken alone, and on some day. Sets of rules are bits of an integer: what 10,000
rules say of each other takes a few operations a rule.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

from rules.engine.attributes import Attribute, Level
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from rules.engine.situation import ANYTHING, Domain, find_facts

MONOTONE = frozenset({Operator.IS, Operator.IS_ANY_OF, Operator.IS_PRESENT, Operator.OVERLAPS})
"""Operators that more values can only help: such conditions that hold apart hold together."""
SETTLING = frozenset({EffectKind.REQUIRE, EffectKind.WAIVE})
"""Effects that settle whether a mismatch on an attribute counts."""
Shape = tuple[Condition, ...]


class Disagreements:
    """Every disagreement among `rules`, each of which can fire; they are known by their places."""

    def __init__(self, rules: Sequence[EngineRule], *, since: date, domain: Domain = ANYTHING) -> None:
        self.rules = tuple(rules)
        self.since = since
        self.domain = domain
        self._everyone = (1 << len(self.rules)) - 1

    def of(self, place: int) -> int:
        """The rules that a rule disagrees with, as bits."""
        rule = self.rules[place]
        found = self._opposed[rule.effect] & ~(1 << place)
        for attribute, masks in self._together.items():
            if not found:
                return 0
            found &= masks[shape_of(rule, attribute)]
        return found & self._same_days(rule) if found else 0

    def places(self, place: int) -> Iterator[int]:
        """The places behind `place` of the rules it disagrees with."""
        bits = self.of(place) >> (place + 1)
        at = place
        while bits:
            step = (bits & -bits).bit_length()
            at += step
            bits >>= step
            yield at

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """With how many rules each rule disagrees."""
        return tuple(self.of(place).bit_count() for place in range(len(self.rules)))

    @cached_property
    def _opposed(self) -> dict[Effect, int]:
        """For every effect the rules whose effect can't be had at the same time."""
        having: dict[Effect, int] = {}
        for place, rule in enumerate(self.rules):
            having[rule.effect] = having.get(rule.effect, 0) | 1 << place
        return {effect: sum(mask for other, mask in having.items() if opposed(effect, other)) for effect in having}

    @cached_property
    def _together(self) -> dict[Attribute, dict[Shape, int]]:
        """For every attribute, and what a rule wants of it, the rules that can fire as far as that attribute goes."""
        attributes = {c.attribute for rule in self.rules for c in rule.conditions if c.attribute is not None}
        return {attribute: self._together_on(attribute) for attribute in sorted(attributes)}

    def _together_on(self, attribute: Attribute) -> dict[Shape, int]:
        having: dict[Shape, int] = {}
        for place, rule in enumerate(self.rules):
            shape = shape_of(rule, attribute)
            having[shape] = having.get(shape, 0) | 1 << place
        excluding = dict.fromkeys(having, 0)
        whimsical = [shape for shape in having if any(c.operator not in MONOTONE for c in shape)]
        known: dict[tuple[Shape, Shape], bool] = {}
        for one in whimsical:
            for other in having:
                key = self._key(attribute, one, other)
                if key not in known:
                    known[key] = possible((*one, *other), self.domain)
                if not known[key]:
                    excluding[one] |= having[other]
                    excluding[other] |= having[one]
        return {shape: self._everyone & ~mask for shape, mask in excluding.items()}

    def _key(self, attribute: Attribute, one: Shape, other: Shape) -> tuple[Shape, Shape]:
        """Two shapes by which values they share: what these are is all one where any value is possible."""
        if attribute in self.domain.query or attribute in self.domain.product:
            return one, other
        names: dict[str, str] = {}
        for condition in (*one, *other):
            for value in condition.values:
                names.setdefault(value, str(len(names)))
        return renamed(one, names), renamed(other, names)

    @cached_property
    def _by_start(self) -> tuple[list[date], list[int]]:
        return self._prefixes([max(rule.valid_from or self.since, self.since) for rule in self.rules])

    @cached_property
    def _by_end(self) -> tuple[list[date], list[int]]:
        return self._prefixes([rule.valid_until or date.max for rule in self.rules])

    def _prefixes(self, days: list[date]) -> tuple[list[date], list[int]]:
        """The different days in order, and behind each the rules of all earlier ones."""
        at: dict[date, int] = {}
        for place, day in enumerate(days):
            at[day] = at.get(day, 0) | 1 << place
        ordered, masks = sorted(at), [0]
        for day in ordered:
            masks.append(masks[-1] | at[day])
        return ordered, masks

    def _same_days(self, rule: EngineRule) -> int:
        """The rules that are valid on a day on which `rule` is: begun before its end, not ended before its start."""
        starts, begun = self._by_start
        ends, ended = self._by_end
        first = max(rule.valid_from or self.since, self.since)
        return begun[bisect_right(starts, rule.valid_until or date.max)] & ~ended[bisect_left(ends, first)]


def shape_of(rule: EngineRule, attribute: Attribute) -> Shape:
    """What a rule wants of one attribute."""
    return tuple(condition for condition in rule.conditions if condition.attribute is attribute)


def renamed(shape: Shape, names: dict[str, str]) -> Shape:
    """A shape with its values called otherwise."""
    return tuple(
        Condition(c.side, c.operator, c.attribute, tuple(names[value] for value in c.values)) if c.values else c
        for c in shape
    )


def possible(conditions: Iterable[Condition], domain: Domain) -> bool:
    """Whether conditions can hold together."""
    probe = EngineRule(0, 0, tuple(conditions), Effect(EffectKind.ADVISE))
    return find_facts((probe,), (), domain) is not None


def opposed(one: Effect, other: Effect) -> bool:
    """Whether no level, or no settled attribute, is allowed by two effects at once."""
    if one.kind in SETTLING or other.kind in SETTLING:
        return {one.kind, other.kind} == SETTLING and bool(set(one.attributes) & set(other.attributes))
    return not allowed(one) & allowed(other)


def allowed(effect: Effect) -> frozenset[Level]:
    """The levels that an effect leaves possible."""
    level = effect.level
    match effect.kind:
        case EffectKind.FORBID:
            return frozenset({Level.IRRELEVANT})
        case EffectKind.FORCE:
            return frozenset(one for one in Level if one is level)
        case EffectKind.CAP:
            return frozenset(one for one in Level if level is None or one.rank <= level.rank)
        case EffectKind.FLOOR:
            return frozenset(one for one in Level if level is None or one.rank >= level.rank)
    return frozenset(Level)
