"""Pictures held against the title, attribute by attribute (AR-Med, Table 6)."""

from collections.abc import Iterable
from dataclasses import replace

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.case import Picture
from inference.pipeline.match_brand import match_brand
from inference.pipeline.match_core import match_core
from inference.pipeline.match_words import match_efficacy, match_form, match_population, match_strength
from inference.pipeline.printed import printed_on
from inference.pipeline.reading import Reading
from inference.pipeline.steps import AttributeMatch, Consistency, PictureMatch
from rules.engine.attributes import Attribute

MATCHERS = (match_brand, match_core, match_efficacy, match_form, match_population, match_strength)
BEST_FIRST = (Consistency.CONSISTENT, Consistency.PARTLY, Consistency.INCONSISTENT, Consistency.NOT_SHOWN)


def match_picture(picture: Picture, product: Reading, lexicon: Lexicon) -> PictureMatch:
    """How what is printed on a picture stands to what the title says, for every attribute that the title states.

    A package shows much that no title says, and is never read whole: an attribute is inconsistent only where the
    picture shows another value in the place where it belongs, and not shown where nothing of it was read.
    """
    printed = printed_on(picture, lexicon)
    found = (match(printed, product, lexicon) for match in MATCHERS)
    return PictureMatch(picture.sha256, tuple(one for one in found if one is not None))


def summary(matches: Iterable[PictureMatch]) -> tuple[AttributeMatch, ...]:
    """The product over all its pictures, an attribute each: the best that any picture says of it.

    One picture that confirms an attribute outweighs others that contradict it, for merchants add pictures of other
    goods and of back sides; what pictures contradict and none confirms is inconsistent; what no picture shows is
    not shown. `words` are empty: they belong to one picture each.
    """
    best: dict[Attribute, AttributeMatch] = {}
    for match in (one for picture in matches for one in picture.matches):
        held = best.get(match.attribute)
        if held is None or BEST_FIRST.index(match.consistency) < BEST_FIRST.index(held.consistency):
            best[match.attribute] = replace(match, words=())
    return tuple(best.values())


def together(words: PictureMatch, told: PictureMatch) -> PictureMatch:
    """A picture by the words read on it and by what a model says of it, an attribute each: the better of the two.

    What stands on a picture for certain is not taken away by a model that saw something else, and the other way round.
    """
    other = {one.attribute: one for one in told.matches}
    pairs = ((one, other.get(one.attribute, one)) for one in words.matches)
    best = (min(pair, key=lambda one: BEST_FIRST.index(one.consistency)) for pair in pairs)
    return PictureMatch(words.sha256, tuple(best))


def contradicted(matches: Iterable[PictureMatch]) -> frozenset[Attribute]:
    """The attributes on which the product's pictures contradict its title."""
    return frozenset(one.attribute for one in summary(matches) if one.consistency is Consistency.INCONSISTENT)


def unconfirmed(product: Reading, matches: tuple[PictureMatch, ...]) -> Reading:
    """The reading without what the product's own pictures contradict; all else stays as it is.

    The title only claims the words that named it.
    """
    gone = contradicted(matches)
    if not gone:
        return product
    lost = [one for one in product.mentions if one.attribute in gone and one.origin == "text"]
    return replace(
        product,
        mentions=tuple(mention for mention in product.mentions if mention.attribute not in gone),
        values={attribute: values for attribute, values in product.values.items() if attribute not in gone},
        near_cores=() if Attribute.CORE_NAME in gone else product.near_cores,
        maker="" if Attribute.BRAND in gone else product.maker,
        claimed=tuple(dict.fromkeys((*product.claimed, *((one.start, one.end) for one in lost)))),
    )
