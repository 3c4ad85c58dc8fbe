"""Situations: what a pair could be, so that given rules fire on it and others do not. Found exactly, or shown impossible.

Every attribute is a set on either side, so a value either belongs to it or not: a variable. Conditions become clauses
over these variables. Values that no rule at hand names are told apart only by the sides they may be on, so that three
unnamed ones an attribute stand for them all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

from rules.engine.attributes import Attribute, Facts, Side
from rules.engine.contradiction import sides
from rules.engine.rule import Condition, EngineRule, Operator
from rules.engine.solver import solve
from rules.engine.text import normalise

UNNAMED = ("…1", "…2", "…3")
"""Stand for values that no rule names, where an attribute may have any value."""
BETWEEN_WORDS = "\n"
"""Parts the words of a text; no rule's word can hold it."""

Values = Mapping[Attribute, frozenset[str]]


@dataclass(frozen=True)
class Domain:
    """Which values a query and a product can have. An attribute that is not named here may have any."""

    query: Values = field(default_factory=dict)
    product: Values = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((frozenset(self.query.items()), frozenset(self.product.items())))

    def of(self, side: Side) -> Values:
        """The values of one side."""
        return self.query if side is Side.QUERY else self.product

    def has(self, side: Side, attribute: Attribute, value: str) -> bool:
        """Whether a side can have a value."""
        closed = self.of(side).get(attribute)
        return closed is None or value in closed

    @cached_property
    def spares(self) -> Mapping[Attribute, "tuple[Spare, ...]"]:
        """For every attribute that is limited the values by the sides that can have them."""
        return {attribute: self._spares(attribute) for attribute in {*self.query, *self.product}}

    def _spares(self, attribute: Attribute) -> "tuple[Spare, ...]":
        query, product = self.query.get(attribute), self.product.get(attribute)
        open_side = query is None or product is None
        every = sorted({*(query or ()), *(product or ()), *(UNNAMED if open_side else ())}, key=_unnamed_first)
        sides = {value: (query is None or value in query, product is None or value in product) for value in every}
        return tuple(
            Spare(tuple(value for value in every if sides[value] == wanted), most)
            for wanted, most in (((True, True), len(UNNAMED)), ((True, False), 1), ((False, True), 1))
        )


@dataclass(frozen=True, slots=True)
class Spare:
    """Values that the same sides can have, and how many that no rule names can play different parts."""

    values: tuple[str, ...]
    most: int


ANYTHING = Domain()


@dataclass(frozen=True, slots=True)
class Situation:
    """Facts of a pair and the day it is asked on."""

    facts: Facts
    day: date


def limited(
    named: Mapping[Attribute, frozenset[str]],
    absent: Collection[tuple[Side, Attribute, str]],
    others: Mapping[Attribute, frozenset[str]],
) -> Domain:
    """The domain in which rules that name some values are analysed, where a side has none of those in `absent`.

    `others` are, of attributes with so many values and no more, the values that no rule names. Where there are three or
    more, which ones is all one.
    """
    held: dict[Side, dict[Attribute, frozenset[str]]] = {Side.QUERY: {}, Side.PRODUCT: {}}
    for attribute, values in named.items():
        rest = others.get(attribute, frozenset(UNNAMED))
        scarce = len(rest) < len(UNNAMED)
        for side, limits in held.items():
            known = frozenset(value for value in values if (side, attribute, value) not in absent)
            if scarce or known != values:
                limits[attribute] = known | (rest if scarce else frozenset(UNNAMED))
    return Domain(held[Side.QUERY], held[Side.PRODUCT])


def find_facts(firing: Iterable[EngineRule], silent: Iterable[EngineRule], domain: Domain = ANYTHING) -> Facts | None:
    """Facts on which every rule of `firing` is recalled and none of `silent`, with as few values as come; or None.

    Dates are left aside.
    """
    firing, silent = tuple(firing), tuple(silent)
    return Encoding((*firing, *silent), domain).facts(firing, silent)


class Encoding:
    """The variables and clauses of some rules."""

    def __init__(self, rules: Sequence[EngineRule], domain: Domain) -> None:
        self._clauses: list[tuple[int, ...]] = []
        self._count = 0
        self._words: dict[tuple[Side, str], int] = {}
        self._members: dict[tuple[Side, Attribute], dict[str, int]] = {}
        conditions = [condition for rule in rules for condition in rule.conditions]
        for attribute in dict.fromkeys(c.attribute for c in conditions if c.attribute is not None):
            named = {value for c in conditions if c.attribute is attribute for value in c.values}
            for side in (Side.QUERY, Side.PRODUCT):
                self._members[side, attribute] = {v: self._new() for v in _values(attribute, named, side, domain)}
        self._add_words(conditions)

    def facts(self, firing: Iterable[EngineRule], silent: Iterable[EngineRule]) -> Facts | None:
        """See `find_facts`."""
        for condition in dict.fromkeys(c for rule in firing for c in rule.conditions):
            self._require(condition)
        for rule in silent:
            self._clauses.append(tuple(literal for c in rule.conditions for literal in self._failing(c)))
        values = solve(self._clauses, self._count)
        return self._read(values) if values is not None else None

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _implied(self, *literals: int) -> int:
        """A new variable that holds only where all of `literals` do."""
        variable = self._new()
        self._clauses += [(-variable, literal) for literal in literals]
        return variable

    def _add_words(self, conditions: Iterable[Condition]) -> None:
        """A variable for every word a text may hold; a text with a word holds the parts of it too."""
        for condition in conditions:
            if condition.operator is Operator.TEXT_CONTAINS:
                for side in sides(condition):
                    for word in _words(condition):
                        self._words.setdefault((side, word), 0)
        for key in self._words:
            self._words[key] = self._new()
        for (side, word), variable in self._words.items():
            for (other_side, other), part in self._words.items():
                if side is other_side and word != other and other in word:
                    self._clauses.append((-variable, part))

    def _require(self, condition: Condition) -> None:
        """Clauses under which a condition holds."""
        attribute = condition.attribute
        if attribute is None or condition.operator in (Operator.IS, Operator.IS_ANY_OF, Operator.IS_PRESENT):
            self._clauses += [tuple(self._meeting(condition, side)) for side in sides(condition)]
            return
        if condition.operator is Operator.IS_MISSING:
            self._clauses += [(-one,) for side in sides(condition) for one in self._members[side, attribute].values()]
            return
        query, product = self._members[Side.QUERY, attribute], self._members[Side.PRODUCT, attribute]
        if condition.operator is Operator.OVERLAPS:
            self._clauses.append(tuple(self._implied(query[v], product[v]) for v in query if v in product))
            return
        self._clauses += [tuple(query.values()), tuple(product.values())]
        if condition.operator is Operator.AGREES:
            self._clauses += [(-one, product[v]) if v in product else (-one,) for v, one in query.items()]
        else:
            self._clauses += [(-one, -product[v]) for v, one in query.items() if v in product]

    def _meeting(self, condition: Condition, side: Side) -> list[int]:
        """The variables of one side of which one is enough for a condition on what is there."""
        if condition.attribute is None:
            return [self._words[side, word] for word in _words(condition)]
        members = self._members[side, condition.attribute]
        if condition.operator is Operator.IS_PRESENT:
            return list(members.values())
        return [members[value] for value in dict.fromkeys(condition.values) if value in members]

    def _failing(self, condition: Condition) -> list[int]:
        """Variables of which one is enough for a condition not to hold; one of them can hold whenever it does not."""
        attribute = condition.attribute
        if attribute is None or condition.operator in (Operator.IS, Operator.IS_ANY_OF, Operator.IS_PRESENT):
            return [self._implied(*(-one for one in self._meeting(condition, side))) for side in sides(condition)]
        if condition.operator is Operator.IS_MISSING:
            return [one for side in sides(condition) for one in self._members[side, attribute].values()]
        query, product = self._members[Side.QUERY, attribute], self._members[Side.PRODUCT, attribute]
        shared = [v for v in query if v in product]
        if condition.operator is Operator.OVERLAPS:
            none = self._new()
            self._clauses += [(-none, -query[v], -product[v]) for v in shared]
            return [none]
        empty = [self._implied(*(-one for one in members.values())) for members in (query, product)]
        if condition.operator is Operator.DIFFERS:
            return [*empty, *(self._implied(query[v], product[v]) for v in shared)]
        return [*empty, *(self._implied(one, *((-product[v],) if v in product else ())) for v, one in query.items())]

    def _read(self, values: list[bool]) -> Facts:
        """The facts that the values of the variables say."""
        held: dict[Side, dict[Attribute, frozenset[str]]] = {Side.QUERY: {}, Side.PRODUCT: {}}
        for (side, attribute), members in self._members.items():
            if found := frozenset(value for value, variable in members.items() if values[variable]):
                held[side][attribute] = found
        texts = {
            side: BETWEEN_WORDS.join(
                word for (one, word), variable in self._words.items() if one is side and values[variable]
            )
            for side in held
        }
        return Facts(held[Side.QUERY], held[Side.PRODUCT], texts[Side.QUERY], texts[Side.PRODUCT])


def _values(attribute: Attribute, named: Iterable[str], side: Side, domain: Domain) -> list[str]:
    """The values that matter on a side: those named that it can have, and a few to stand for all others."""
    words = frozenset(named)
    values = (*sorted(words), *_stand_ins(attribute, words, domain))
    return [value for value in values if domain.has(side, attribute, value)]


def _stand_ins(attribute: Attribute, named: frozenset[str], domain: Domain) -> list[str]:
    """Unnamed values: of each kind (on both sides, on one) as many as can play different parts."""
    spares = domain.spares.get(attribute)
    if spares is None:
        return list(UNNAMED)
    return [value for one in spares for value in islice((v for v in one.values if v not in named), one.most)]


def _unnamed_first(value: str) -> tuple[bool, str]:
    return value not in UNNAMED, value


def _words(condition: Condition) -> list[str]:
    return list(dict.fromkeys(word for value in condition.values if (word := normalise(value))))
