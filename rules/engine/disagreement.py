"""Which of many rules can fire together and disagree, for all pairs at once.

Attributes are independent of each other, and a text may hold any words, so that two rules can fire together exactly
where they can on every attribute taken alone, and on some day. Sets of rules are bits of an integer: what 10,000
rules say of each other takes a few operations a rule.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, reduce
from operator import or_

from rules.engine.attributes import Attribute, Level, Side
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
        self._masks: dict[Attribute, dict[Shape, int]] = {}
        self._known: dict[tuple[Shape, Shape], bool] = {}

    def of(self, place: int) -> int:
        """The rules that a rule disagrees with, as bits."""
        found = self._opposed[self.rules[place].effect] & ~(1 << place)
        return found & self.together(place) if found else 0

    def together(self, place: int) -> int:
        """The rules that can fire where a rule does, as bits, itself among them."""
        rule = self.rules[place]
        found = self._same_days(rule)
        for attribute in dict.fromkeys(c.attribute for c in rule.conditions if c.attribute is not None):
            found &= ~self._excluded(attribute, shape_of(rule, attribute))
        return found

    def places(self, place: int) -> Iterator[int]:
        """The places behind `place` of the rules it disagrees with."""
        return places_in(self.of(place) >> (place + 1) << (place + 1))

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

    def _excluded(self, attribute: Attribute, shape: Shape) -> int:
        """The rules whose wishes for an attribute can't be met together with those of a shape."""
        known = self._masks.setdefault(attribute, {})
        if shape not in known:
            whimsical = any(c.operator not in MONOTONE for c in shape)
            others = self._shapes[attribute] if whimsical else self._whimsical[attribute]
            known[shape] = bits(mask for other, mask in others.items() if not self._possible(attribute, shape, other))
        return known[shape]

    def _possible(self, attribute: Attribute, one: Shape, other: Shape) -> bool:
        key = self._key(attribute, one, other)
        if key not in self._known:
            self._known[key] = possible((*one, *other), self.domain)
        return self._known[key]

    @cached_property
    def _shapes(self) -> dict[Attribute, dict[Shape, int]]:
        """For every attribute the rules by what they want of it; those that want nothing are left out."""
        found: dict[Attribute, dict[Shape, int]] = {}
        for place, rule in enumerate(self.rules):
            for attribute in {c.attribute for c in rule.conditions if c.attribute is not None}:
                masks, shape = found.setdefault(attribute, {}), shape_of(rule, attribute)
                masks[shape] = masks.get(shape, 0) | 1 << place
        return found

    @cached_property
    def _whimsical(self) -> dict[Attribute, dict[Shape, int]]:
        """The shapes with a condition that more values can break."""
        return {
            attribute: {s: mask for s, mask in shapes.items() if any(c.operator not in MONOTONE for c in s)}
            for attribute, shapes in self._shapes.items()
        }

    def _key(self, attribute: Attribute, one: Shape, other: Shape) -> tuple[Shape, Shape]:
        """Two shapes by which values they share, and which sides can have these: what else they are is all one."""
        names: dict[str, str] = {}
        for condition in (*one, *other):
            for value in condition.values:
                sides = [self.domain.has(side, attribute, value) for side in (Side.QUERY, Side.PRODUCT)]
                names.setdefault(value, f"{len(names)} {sides}")
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


def places_in(mask: int) -> Iterator[int]:
    """The places of the bits of a mask, in order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def bits(masks: Iterable[int]) -> int:
    """All bits of some masks."""
    return reduce(or_, masks, 0)


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
