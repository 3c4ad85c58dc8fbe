"""Which rules a pair recalls, at a cost that does not grow with the number of rules.

Every rule is filed under one condition, its anchor: the one that the fewest other rules share.
A pair looks up its own values and scans its two texts once (Aho-Corasick); only the rules filed
under what was found are checked in full. AR-Med, section 2.2.2.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from rules.engine.attributes import Attribute, Facts, Side, Values
from rules.engine.rule import Condition, EngineRule, Operator
from rules.engine.text import normalise

Anchor = tuple[str, Side, str, str]
"""What a rule is filed under: kind (`value`, `text`, `present`, `always`), side, attribute, word."""

ALWAYS: Anchor = ("always", Side.BOTH, "", "")


@dataclass(frozen=True, slots=True)
class RecalledWord:
    """On what a rule was recalled: the value or word that met one of its conditions."""

    side: Side
    attribute: Attribute | None
    word: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """A rule whose every condition holds, and the words it holds on."""

    rule: EngineRule
    words: tuple[RecalledWord, ...]


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether one condition holds of a pair."""
    if condition.operator is Operator.TEXT_CONTAINS:
        words = [normalise(value) for value in condition.values]
        return all(any(word in text for word in words) for text in _texts(condition.side, facts))
    assert condition.attribute is not None
    query = facts.query.get(condition.attribute, frozenset())
    product = facts.product.get(condition.attribute, frozenset())
    match condition.operator:
        case Operator.AGREES:
            return bool(query) and bool(product) and query <= product
        case Operator.OVERLAPS:
            return bool(query & product)
        case Operator.DIFFERS:
            return bool(query) and bool(product) and not query & product
    sides = {Side.QUERY: [query], Side.PRODUCT: [product], Side.BOTH: [query, product]}[condition.side]
    match condition.operator:
        case Operator.IS_PRESENT:
            return all(sides)
        case Operator.IS_MISSING:
            return not any(sides)
    wanted = frozenset(condition.values)
    return all(values & wanted for values in sides)


class RuleIndex:
    """The rules of one release, ready to be recalled. Built once, shared by every pair."""

    def __init__(self, rules: Iterable[EngineRule]) -> None:
        self.rules = tuple(rules)
        self._filed: dict[Anchor, list[EngineRule]] = defaultdict(list)
        for rule, anchors in zip(self.rules, _choose_anchors(self.rules), strict=True):
            for anchor in anchors:
                self._filed[anchor].append(rule)
        self._attributes = {(side, attribute) for kind, side, attribute, _ in self._filed if kind != "text"}
        self._scanners = {side: self._scanner(side) for side in (Side.QUERY, Side.PRODUCT)}

    def recall(self, facts: Facts) -> tuple[Recalled, ...]:
        """The rules whose every condition holds, by number."""
        found = {rule.number: rule for rule in self.candidates(facts) if all(holds(c, facts) for c in rule.conditions)}
        return tuple(Recalled(found[number], _words(found[number], facts)) for number in sorted(found))

    def candidates(self, facts: Facts) -> Iterator[EngineRule]:
        """The rules filed under something that `facts` has: a superset of those recalled."""
        yield from self._filed.get(ALWAYS, ())
        for side, values in ((Side.QUERY, facts.query), (Side.PRODUCT, facts.product)):
            yield from self._by_value(side, values)
        for side, text in ((Side.QUERY, facts.query_text), (Side.PRODUCT, facts.title)):
            yield from self._by_text(side, text)

    def _by_value(self, side: Side, values: Values) -> Iterator[EngineRule]:
        for attribute, words in values.items():
            if (side, attribute) not in self._attributes or not words:
                continue
            yield from self._filed.get(("present", side, attribute, ""), ())
            for word in words:
                yield from self._filed.get(("value", side, attribute, word), ())

    def _by_text(self, side: Side, text: str) -> Iterator[EngineRule]:
        scanner = self._scanners[side]
        if scanner is None:
            return
        for word in {word for _, word in scanner.iter(text)}:
            yield from self._filed[("text", side, "", word)]

    def _scanner(self, side: Side) -> "ahocorasick.Automaton | None":
        words = [word for kind, anchored, _, word in self._filed if kind == "text" and anchored is side]
        if not words:
            return None
        scanner = ahocorasick.Automaton()
        for word in words:
            scanner.add_word(word, word)
        scanner.make_automaton()
        return scanner


def _choose_anchors(rules: tuple[EngineRule, ...]) -> list[list[Anchor]]:
    """For every rule the anchors of its rarest condition; a rule without any is checked always."""
    options = [[anchors for condition in rule.conditions if (anchors := _anchors(condition))] for rule in rules]
    filed = Counter(anchor for rule_options in options for anchors in rule_options for anchor in anchors)

    def crowd(anchors: list[Anchor]) -> tuple[bool, int]:
        return anchors[0][0] == "present", max(filed[anchor] for anchor in anchors)

    return [min(rule_options, key=crowd, default=[ALWAYS]) for rule_options in options]


def _anchors(condition: Condition) -> list[Anchor]:
    """The anchors one of which is found in every pair that meets `condition`; none for `is_missing`."""
    side = Side.QUERY if condition.side is Side.BOTH else condition.side
    match condition.operator:
        case Operator.TEXT_CONTAINS:
            return [("text", side, "", normalise(value)) for value in dict.fromkeys(condition.values)]
        case Operator.IS | Operator.IS_ANY_OF:
            return [("value", side, str(condition.attribute), value) for value in dict.fromkeys(condition.values)]
        case Operator.IS_MISSING:
            return []
    return [("present", side, str(condition.attribute), "")]


def _texts(side: Side, facts: Facts) -> tuple[str, ...]:
    return {Side.QUERY: (facts.query_text,), Side.PRODUCT: (facts.title,), Side.BOTH: (facts.query_text, facts.title)}[
        side
    ]


def _words(rule: EngineRule, facts: Facts) -> tuple[RecalledWord, ...]:
    return tuple(dict.fromkeys(word for condition in rule.conditions for word in _words_of(condition, facts)))


def _words_of(condition: Condition, facts: Facts) -> Iterator[RecalledWord]:
    sides = (Side.QUERY, Side.PRODUCT) if condition.side is Side.BOTH else (condition.side,)
    for side in sides:
        text, values = (facts.query_text, facts.query) if side is Side.QUERY else (facts.title, facts.product)
        if condition.operator is Operator.TEXT_CONTAINS:
            words = [word for value in condition.values if (word := normalise(value)) in text]
        else:
            assert condition.attribute is not None
            known = values.get(condition.attribute, frozenset())
            words = sorted(known & set(condition.values) if condition.values else known)
        yield from (RecalledWord(side, condition.attribute, word) for word in words)
