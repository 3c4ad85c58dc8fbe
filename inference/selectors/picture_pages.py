"""The pictures that a page shows: of a product as its title is read now, or of a trace as it was judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotation.models import Product, ProductImage
from inference.models import PictureReading
from inference.pipeline.case import Case
from inference.pipeline.check_product import tricks_in, without_tricks
from inference.pipeline.match_pictures import match_picture, summary
from inference.pipeline.read_product import read_product
from inference.pipeline.steps import PictureMatch
from inference.pipeline.understanding import MOST_READ
from inference.selectors.cases import attributes_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.pictures import picture_of, readings_of
from inference.shown_pictures import Row, ShownPicture, rows_of, shown_picture
from rules.engine.text import normalise


@dataclass(frozen=True, slots=True)
class ProductPictures:
    """The pictures of a product, and what they say of it together (the best of any picture, an attribute each)."""

    pictures: tuple[ShownPicture, ...]
    summary: tuple[Row, ...]


def pictures_of_product(product: Product) -> ProductPictures:
    """Every picture of a product with its words, held against the title as it is read now. Three small queries."""
    images = list(product.images.all())
    readings = readings_of(image.sha256 for image in images)
    found = matches_of(product, readings.values())
    matches = {one.sha256: one.to_json()["matches"] for one in found}
    shown = (
        shown_picture(
            sha256=image.sha256,
            image=image,
            reading=readings.get(image.sha256),
            matches=matches.get(image.sha256, ()),
        )
        for image in images
    )
    return ProductPictures(tuple(shown), rows_of(one.to_json() for one in summary(found)))


def matches_of(product: Product, readings: Iterable[PictureReading]) -> tuple[PictureMatch, ...]:
    """The pictures that could be read against the title of their product, as the chain holds them against it."""
    title, lexicon = normalise(product.title)[:MOST_READ], lexicon_in_use()
    case = Case("", product.title, attributes_of(product), product.indication)
    reading = read_product(case, title, lexicon)
    reading = without_tricks(reading, tricks_in(reading, lexicon), case, lexicon)
    pictures = (picture_of(one) for one in readings if not one.failure)
    return tuple(match_picture(picture, reading, lexicon) for picture in pictures)


def pictures_of_trace(matches: Iterable[Mapping[str, Any]]) -> tuple[ShownPicture, ...]:
    """The pictures of a stored trace (`check.pictures`), by digest, in two queries. A file that is gone has no name."""
    found = list(matches)
    digests = {one["sha256"] for one in found}
    if not digests:
        return ()
    readings = readings_of(digests)
    images = {image.sha256: image for image in ProductImage.objects.filter(sha256__in=digests).order_by("-pk")}
    return tuple(
        shown_picture(
            sha256=one["sha256"],
            image=images.get(one["sha256"]),
            reading=readings.get(one["sha256"]),
            matches=one["matches"],
        )
        for one in found
    )
