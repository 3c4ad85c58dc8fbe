"""Which rules a pair recalls, at a cost that does not grow with the number of rules.

Every rule is filed under one condition, its anchor: the one that the fewest other rules share.
A pair looks up its own values and scans its two texts once (Aho-Corasick); only the rules filed
under what was found are checked in full. AR-Med, section 2.2.2.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from rules.engine.attributes import Attribute, Facts, Side, Values
from rules.engine.compiled import Check, Checks
from rules.engine.rule import RELATIONAL, Condition, EngineRule, Operator
from rules.engine.text import normalise

Anchor = tuple[str, Side, str, str]
"""What a rule is filed under: kind (`value`, `text`, `present`, `always`), side, attribute, word."""

ALWAYS: Anchor = ("always", Side.BOTH, "", "")
PRESENT = ""


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


@dataclass(slots=True)
class Filed:
    """A rule, and what is left to check of it once it was found under its anchor."""

    rule: EngineRule
    checks: tuple[Check, ...]


@dataclass(slots=True)
class Shelf:
    """What is filed under the values (or, under PRESENT, any value) of an attribute, and the words of the text."""

    values: dict[str, dict[str, list[Filed]]]
    text: dict[str, list[Filed]]
    scanner: "ahocorasick.Automaton | None" = None


class RuleIndex:
    """The rules of one release, ready to be recalled. Built once, shared by every pair."""

    def __init__(self, rules: Iterable[EngineRule]) -> None:
        self.rules = tuple(rules)
        self._always: list[Filed] = []
        self._shelves = {side: Shelf({}, {}) for side in (Side.QUERY, Side.PRODUCT)}
        checks = Checks()
        for rule, (anchored, anchors) in zip(self.rules, _choose_anchors(self.rules), strict=True):
            filed = Filed(rule, tuple(checks[c] for c in rule.conditions if c is not anchored))
            for anchor in anchors:
                self._file(filed, anchor)
        for shelf in self._shelves.values():
            shelf.scanner = _scanner(shelf.text)

    def recall(self, facts: Facts) -> tuple[Recalled, ...]:
        """The rules whose every condition holds, by number, with the words they hold on."""
        found = self.fired(facts)
        if not found:
            return ()
        return tuple(Recalled(found[number], _words(found[number], facts)) for number in sorted(found))

    def fired(self, facts: Facts) -> dict[int, EngineRule]:
        """The rules whose every condition holds, by number, in no order."""
        found: dict[int, EngineRule] = {}
        for filed in self._found(facts):
            for check in filed.checks:
                if not check(facts):
                    break
            else:
                found[filed.rule.number] = filed.rule
        return found

    def candidates(self, facts: Facts) -> list[EngineRule]:
        """The rules filed under something that `facts` has: a superset of those recalled."""
        return [filed.rule for filed in self._found(facts)]

    def _file(self, filed: Filed, anchor: Anchor) -> None:
        kind, side, attribute, word = anchor
        shelf = self._shelves.get(side)
        if shelf is None:
            self._always.append(filed)
        elif kind == "text":
            shelf.text.setdefault(word, []).append(filed)
        else:
            shelf.values.setdefault(attribute, {PRESENT: []}).setdefault(word or PRESENT, []).append(filed)

    def _found(self, facts: Facts) -> list[Filed]:
        found = list(self._always)
        _look_up(self._shelves[Side.QUERY], facts.query, facts.query_text, found)
        _look_up(self._shelves[Side.PRODUCT], facts.product, facts.title, found)
        return found


def _look_up(shelf: Shelf, values: Values, text: str, found: list[Filed]) -> None:
    """Add to `found` what `shelf` holds under these values and the words of this text."""
    shelved = shelf.values
    for attribute, words in values.items():
        if words and attribute in shelved:
            by_word = shelved[attribute]
            found += by_word[PRESENT]
            for word in words:
                if word in by_word:
                    found += by_word[word]
    if shelf.scanner is not None:
        # A word that a text repeats without end is looked at once.
        for filed in {id(filed): filed for _end, filed in shelf.scanner.iter(text)}.values():
            found += filed


def _scanner(text: dict[str, list[Filed]]) -> "ahocorasick.Automaton | None":
    scanner = ahocorasick.Automaton()
    for word, filed in text.items():
        scanner.add_word(word, filed)
    if not len(scanner):
        return None
    scanner.make_automaton()
    return scanner


def _choose_anchors(rules: tuple[EngineRule, ...]) -> list[tuple[Condition | None, list[Anchor]]]:
    """For every rule the anchors of its rarest condition, and that condition where its anchors prove it.

    A rule without any anchor is checked always.
    """
    options = [[(c, anchors) for c in rule.conditions if (anchors := _anchors(c))] for rule in rules]
    filed = Counter(anchor for rule_options in options for _c, anchors in rule_options for anchor in anchors)

    def crowd(option: tuple[Condition, list[Anchor]]) -> tuple[bool, int]:
        _condition, anchors = option
        return anchors[0][0] == "present", max(filed[anchor] for anchor in anchors)

    chosen = (min(rule_options, key=crowd, default=None) for rule_options in options)
    return [_proven(*option) if option else (None, [ALWAYS]) for option in chosen]


def _proven(condition: Condition, anchors: list[Anchor]) -> tuple[Condition | None, list[Anchor]]:
    """What is filed under one side says nothing of the other."""
    proven = condition.side is not Side.BOTH and condition.operator not in RELATIONAL
    return condition if proven else None, anchors


def _anchors(condition: Condition) -> list[Anchor]:
    """The anchors one of which is found in every pair that meets `condition`; none for `is_missing`."""
    side = Side.QUERY if condition.side is Side.BOTH else condition.side
    match condition.operator:
        case Operator.TEXT_CONTAINS:
            words = dict.fromkeys(normalise(value) for value in condition.values)
            return [("text", side, "", word) for word in words if word]
        case Operator.IS | Operator.IS_ANY_OF:
            return [("value", side, str(condition.attribute), value) for value in dict.fromkeys(condition.values)]
        case Operator.IS_MISSING:
            return []
    return [("present", side, str(condition.attribute), "")]


def _words(rule: EngineRule, facts: Facts) -> tuple[RecalledWord, ...]:
    return tuple(dict.fromkeys(word for condition in rule.conditions for word in _words_of(condition, facts)))


def _words_of(condition: Condition, facts: Facts) -> Iterator[RecalledWord]:
    sides = (Side.QUERY, Side.PRODUCT) if condition.side is Side.BOTH else (condition.side,)
    for side in sides:
        text, values = (facts.query_text, facts.query) if side is Side.QUERY else (facts.title, facts.product)
        if condition.operator is Operator.TEXT_CONTAINS:
            words = [word for value in condition.values if (word := normalise(value)) and word in text]
        else:
            assert condition.attribute is not None
            known = values.get(condition.attribute, frozenset())
            words = sorted(known & set(condition.values) if condition.values else known)
        yield from (RecalledWord(side, condition.attribute, word) for word in words)
