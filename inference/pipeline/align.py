"""Reading the query once more in the light of the title: names that only the title gives away."""

from dataclasses import replace

from inference.pipeline.reading import Reading
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute

SHORTEST = 2
"""Characters that a name found in both texts has at least."""


def align(query: Reading, product: Reading) -> Reading:
    """The query with what the title explains of its unknown words, and without those the title shows.

    A brand in brackets or a name as the title writes it is a name in the query too, when the query
    has it where nothing else was recognised. Words that remain are in no part of the title.
    """
    if not query.rest:
        return query
    aligned = _with_name(query, Attribute.BRAND, [product.maker, *product.of(Attribute.BRAND)], product)
    aligned = _with_name(aligned, Attribute.CORE_NAME, list(product.of(Attribute.CORE_NAME)), product)
    shown = tuple(word for word in aligned.rest if len(word) >= SHORTEST and word in product.text)
    rest = tuple(word for word in aligned.rest if word not in shown)
    return replace(aligned, rest=rest, shown=shown)


def _with_name(query: Reading, attribute: Attribute, names: list[str], product: Reading) -> Reading:
    for name in names:
        found = next((word for word in query.rest if len(name) >= SHORTEST and name in word), None)
        if found is None:
            continue
        start = query.text.index(name)
        value = product.of(attribute)[0] if attribute is Attribute.BRAND else name
        mention = Mention(attribute, value, start, start + len(name), "text")
        values = dict(query.values)
        values[attribute] = tuple(dict.fromkeys((*values.get(attribute, ()), value)))
        parts = (*found.replace(name, " ", 1).split(),)
        rest = tuple(part for word in query.rest for part in (parts if word == found else (word,)))
        return replace(query, mentions=(*query.mentions, mention), values=values, rest=rest)
    return query
