"""Reading the query once more in the light of the title: names that only the title gives away."""

from dataclasses import replace

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.brands import beside_brand
from inference.pipeline.reading import Reading, stands_in
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute

SHORTEST = 2
"""Characters that a name found in both texts has at least."""
SHORTEST_MISTYPED = 4
"""Characters of a name in which one wrong character is taken for a slip."""


def align(query: Reading, product: Reading, lexicon: Lexicon, *, mended: bool = True) -> Reading:
    """The query with what the title explains of its unknown words, and without those the title shows.

    A brand in brackets or a name as the title writes it is a name in the query too, when an unknown
    word of the query begins or ends with it, or, if `mended`, is it but for one character. Words that remain are in no part of the title.
    """
    unknown = tuple(name for name in query.of(Attribute.CORE_NAME) if name not in lexicon.medicines)
    if not query.rest and not unknown:
        return query
    brands = dict.fromkeys(name for name in (product.maker, *product.of(Attribute.BRAND)) if len(name) >= SHORTEST)
    aligned = _with_name(query, Attribute.BRAND, tuple(brands), product, unknown, mended=mended)
    unknown = tuple(name for name in aligned.of(Attribute.CORE_NAME) if name not in lexicon.medicines)
    written = tuple(name for name in product.of(Attribute.CORE_NAME) if len(name) >= SHORTEST)
    aligned = _with_name(aligned, Attribute.CORE_NAME, written, product, unknown, mended=mended)
    shown = tuple(word for word in aligned.rest if len(word) >= SHORTEST and stands_in(word, product.own_text))
    return replace(aligned, rest=tuple(word for word in aligned.rest if word not in shown), shown=shown)


def _with_name(
    query: Reading,
    attribute: Attribute,
    names: tuple[str, ...],
    product: Reading,
    unknown: tuple[str, ...],
    *,
    mended: bool,
) -> Reading:
    """The query with the first of `names` that one of its unknown words or unknown core names holds."""
    for name in names:
        for word in (*unknown, *query.rest):
            slip = mended and _is_slip(word, name)
            left = "" if slip else _without(word, name, brand=attribute is Attribute.BRAND)
            if left is None or (not left and attribute is Attribute.CORE_NAME and word == name and word in unknown):
                continue
            value = product.of(attribute)[0] if attribute is Attribute.BRAND else name
            return _taken(query, attribute, value, word, left, word in unknown)
    return query


def _without(word: str, name: str, *, brand: bool) -> str | None:
    """What is left of an unknown word beside a name it begins or ends with; None where it has no such name."""
    if brand:
        return beside_brand(word, name)
    if word.startswith(name):
        return word[len(name) :]
    return word[: -len(name)] if word.endswith(name) else None


def _is_slip(word: str, name: str) -> bool:
    """Whether two words of the same length differ in one character."""
    if len(word) != len(name) or len(name) < SHORTEST_MISTYPED:
        return False
    return sum(one != other for one, other in zip(word, name, strict=True)) == 1


def _taken(query: Reading, attribute: Attribute, value: str, word: str, left: str, was_core: bool) -> Reading:
    """The query with `value` in the place of an unknown word, of which `left` remains unknown."""
    start = max(query.text.find(word), 0)
    mention = Mention(attribute, value, start, start + len(word))
    values = dict(query.values)
    mentions = query.mentions
    rest = tuple(left if one == word else one for one in query.rest)
    if was_core:
        cores = values[Attribute.CORE_NAME]
        kept = left if attribute is Attribute.BRAND else ""
        values[Attribute.CORE_NAME] = tuple(kept if one == word else one for one in cores if kept or one != word)
        mentions = tuple(
            replace(one, value=kept) if one.value == word else one for one in mentions if kept or one.value != word
        )
        rest = rest if attribute is Attribute.BRAND else (*rest, left)
    values[attribute] = tuple(dict.fromkeys((*values.get(attribute, ()), value)))
    return replace(
        query,
        mentions=(*mentions, mention),
        values={name: found for name, found in values.items() if found},
        rest=tuple(one for one in rest if one),
    )
