"""A witness of a finding: facts and a day, in an address and in words. Pure but for reading a QueryDict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from rules.engine.attributes import Attribute, Facts, Side
from rules.engine.situation import UNNAMED, Situation
from rules.engine.text import normalise

MOST = 30
"""Values or words of one side that are read from an address."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a witness says of a side: values of an attribute, or words of its text (no attribute).

    `others` stand for values besides, of which all that matters is that no rule names them.
    """

    side: Side
    attribute: Attribute | None
    values: tuple[str, ...]
    others: tuple[str, ...] = ()


def said_of(situation: Situation) -> tuple[Said, ...]:
    """What a witness says, the query first."""
    facts = situation.facts
    told = []
    for side, values, text in ((Side.QUERY, facts.query, facts.query_text), (Side.PRODUCT, facts.product, facts.title)):
        for attribute in Attribute:
            if known := values.get(attribute):
                others = tuple(sorted(known & set(UNNAMED)))
                told.append(Said(side, attribute, tuple(sorted(known.difference(others))), others))
        if words := text.split("\n") if text else []:
            told.append(Said(side, None, tuple(words)))
    return tuple(told)


def address_of(situation: Situation) -> str:
    """A witness as the parameters of an address, which `situation_from` reads back."""
    pairs = [("day", situation.day.isoformat())]
    for one in said_of(situation):
        name = f"{one.side.value}.{one.attribute.value if one.attribute else 'text'}"
        pairs += [(name, value) for value in (*one.values, *one.others)]
    return urlencode(pairs)


def situation_from(data: QueryDict, *, today: date) -> Situation | None:
    """The witness that an address names; None where it makes no sense."""
    try:
        day = date.fromisoformat(data.get("day", "")) if data.get("day") else today
    except ValueError:
        return None
    held: dict[Side, Mapping[Attribute, frozenset[str]]] = {}
    texts: dict[Side, str] = {}
    for side in (Side.QUERY, Side.PRODUCT):
        given = {attribute: _values(data, f"{side.value}.{attribute.value}") for attribute in Attribute}
        words = _values(data, f"{side.value}.text")
        if any(values is None for values in (*given.values(), words)):
            return None
        held[side] = {attribute: frozenset(values) for attribute, values in given.items() if values}
        texts[side] = "\n".join(normalise(word) for word in words or ())
    return Situation(Facts(held[Side.QUERY], held[Side.PRODUCT], texts[Side.QUERY], texts[Side.PRODUCT]), day)


def try_address(situation: Situation) -> str:
    """A query and a title made of what a witness names, as the parameters of the try-it page."""
    texts = {Side.QUERY: "", Side.PRODUCT: ""}
    for one in said_of(situation):
        texts[one.side] = " ".join(filter(None, [texts[one.side], *one.values]))
    return urlencode({"query": texts[Side.QUERY], "title": texts[Side.PRODUCT]})


def _values(data: QueryDict, name: str) -> tuple[str, ...] | None:
    """The values given under a name; None where they are too many, too long or not printable."""
    values = data.getlist(name)
    if len(values) > MOST or any(not one or len(one) > LONGEST or not one.isprintable() for one in values):
        return None
    return tuple(values)
