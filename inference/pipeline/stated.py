"""What a title states itself, in every wording, and what a picture shows of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.pipeline.printed import Line
from inference.pipeline.reading import Reading
from inference.pipeline.steps import AttributeMatch, Consistency
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

PROMINENT = 0.6
"""Share of the largest text from which a line may be the one that names the product."""
FINE_PRINT = 0.5
CERTAIN = 0.8
"""Score from which a word may contradict a title."""
GOODS_SAID = frozenset({Kind.EFFICACY, Kind.NEED, Kind.CATEGORY, Kind.POPULATION, Kind.REGION})
"""Kinds of words that tell of a product without naming it."""
SHORTEST = 2
MOST_WORDS = 8
"""Words that one match marks on a picture."""


def stated(product: Reading, attribute: Attribute) -> tuple[str, ...]:
    """The values that the title or the merchant states; not those that are only known of what was named."""
    said = {one.value for one in product.mentions if one.attribute is attribute and one.origin != "knowledge"}
    return tuple(value for value in product.of(attribute) if value in said)


def written(product: Reading, attribute: Attribute) -> tuple[str, ...]:
    """The wordings of an attribute as they stand in the title."""
    spans = ((one.start, one.end) for one in product.mentions if one.attribute is attribute and one.origin == "text")
    return tuple(product.text[start:end] for start, end in spans)


def brand_wordings(product: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """Every way to write the title's brands."""
    values = stated(product, Attribute.BRAND)
    known = (alias for value in values if value in lexicon.brands for alias in lexicon.brands[value].aliases)
    return distinct((*values, *written(product, Attribute.BRAND), product.maker, *known))


def core_values(product: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """The medicines that the title names, or else those that its brands stand for."""
    named = distinct((*product.of(Attribute.CORE_NAME), *product.near_cores))
    return named if stated(product, Attribute.CORE_NAME) else distinct((*named, *brand_medicines(product, lexicon)))


def brand_medicines(product: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """The medicines that the title's brands stand for."""
    brands = (lexicon.brands[name].stands_for for name in product.of(Attribute.BRAND) if name in lexicon.brands)
    return distinct(brands)


def core_wordings(product: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """Every way to write the title's core names."""
    values = core_values(product, lexicon)
    known = (alias for value in values if value in lexicon.medicines for alias in lexicon.medicines[value].aliases)
    return distinct((*written(product, Attribute.CORE_NAME), *values, *known))


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Normalised words of some length, each once."""
    return tuple(dict.fromkeys(one for word in words if len(one := normalise(word)) >= SHORTEST))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a line shows of an attribute."""

    value: str
    line: Line


def match_shown(
    attribute: Attribute, consistency: Consistency, title: Iterable[str], shown: Iterable[Shown] = ()
) -> AttributeMatch:
    """A match of an attribute, with what the picture shows of it and the words that decided, each once."""
    found = list(shown)
    words = tuple(dict.fromkeys(word for one in found for word in one.line.words))[:MOST_WORDS]
    return AttributeMatch(attribute, consistency, tuple(title), tuple(dict.fromkeys(one.value for one in found)), words)
