"""What the sentences of every language are put together from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules.engine.attributes import Attribute, Side
from rules.engine.rule import Condition, Effect, Operator

Piece = tuple[str, str]
"""A stretch of text and its kind."""

Phrase = list[Piece]

UNKNOWN = "…"
"""Stands for what a draft does not say yet."""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language words a condition (given those before it), an effect, and the sentence of them."""

    condition: Callable[[Condition, Sequence[Condition]], Phrase]
    effect: Callable[[Effect, str], Phrase]
    whole: Callable[[list[Phrase], Phrase], Phrase]


def text(words: str) -> Piece:
    """Words of the sentence itself."""
    return words, "text"


def attributes(names: Sequence[str], separator: str, last: str) -> Phrase:
    """Names of attributes in a row: `separator` between them, `last` before the last."""
    return _listed([[(name, "attribute")] for name in names or (UNKNOWN,)], separator, last)


def values(condition: Condition, separator: str, last: str, quotes: tuple[str, str] = ("", "")) -> Phrase:
    """The values of a condition in a row, each between `quotes`."""
    opening, closing = quotes
    given = condition.values or (UNKNOWN,)
    return _listed([[text(opening), (value, "value"), text(closing)] for value in given], separator, last)


def query_named_before(attribute: Attribute | None, before: Sequence[Condition]) -> bool:
    """Whether an earlier condition said what the query's attribute is, so that `it` can stand for it."""
    return any(
        c.attribute is attribute and c.side is Side.QUERY and c.operator in (Operator.IS, Operator.IS_ANY_OF)
        for c in before
    )


def _listed(phrases: Sequence[Phrase], separator: str, last: str) -> Phrase:
    row: Phrase = []
    for place, phrase in enumerate(phrases):
        if place:
            row.append(text(last if place == len(phrases) - 1 else separator))
        row += phrase
    return row
