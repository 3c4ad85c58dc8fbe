"""Ingredients that a query asks for beside the goods: 含咖啡因的感冒药, 布洛芬成分的退烧药."""

import re
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.negation import Thing, Words, asks_else, thing_at
from inference.pipeline.recognise import Recognised
from rules.engine.attributes import Attribute

SIGN = re.compile(r"(?<![不未无])(?:含有?|添加)")
BEHIND = re.compile(r"(?:成分|成份)的?")
TAIL = re.compile(r"(?:成分|成份)?的?")


@dataclass(frozen=True, slots=True)
class Contents:
    """`text[start:end]` asks for `ingredients`, whose names stand at `at`."""

    start: int
    end: int
    at: tuple[int, int]
    ingredients: tuple[str, ...]


def contents(found: Recognised, lexicon: Lexicon) -> tuple[Contents, ...]:
    """The ingredients asked for in the words of a query, if it names what they should be in."""
    signs, behind = list(SIGN.finditer(found.text)), list(BEHIND.finditer(found.text))
    if not signs and not behind:
        return ()
    words = Words(found, lexicon)
    result = {}
    for sign in signs:
        thing = None if sign.start() in words.inside else thing_at(sign.end(), words)
        if thing is not None and (made := _ingredients(thing, words)):
            tail = TAIL.match(found.text, thing.end)
            result[thing.end] = Contents(
                sign.start(), tail.end() if tail else thing.end, (thing.start, thing.end), made
            )
    for sign in behind:
        hit = words.ending.get(sign.start())
        thing = thing_at(hit.start, words) if hit and sign.start() not in result else None
        if thing is not None and thing.end == sign.start() and (made := _ingredients(thing, words)):
            result[thing.end] = Contents(thing.start, sign.end(), (thing.start, thing.end), made)
    return tuple(result.values())


def _ingredients(thing: Thing, words: Words) -> tuple[str, ...]:
    """The ingredients that a thing names: itself, or what the medicine of that name consists of."""
    if not thing.named or thing.symptom or not asks_else([thing], words):
        return ()
    known = words.lexicon.medicines
    for attribute, value in thing.values:
        if attribute is Attribute.CORE_NAME and value in known and known[value].ingredients:
            return known[value].ingredients
    return tuple(value for attribute, value in thing.values if attribute is Attribute.INGREDIENT)
