"""Pictures held against the title, attribute by attribute (AR-Med, Table 6)."""

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.case import Picture
from inference.pipeline.reading import Reading
from inference.pipeline.steps import PictureMatch


def match_picture(picture: Picture, product: Reading, lexicon: Lexicon) -> PictureMatch:
    """How what is printed on a picture stands to what the title says."""
    return PictureMatch(picture.sha256, ())


def unconfirmed(product: Reading, matches: tuple[PictureMatch, ...]) -> Reading:
    """The reading without what the product's own pictures contradict."""
    return product
