"""The pictures of products with what was read on them."""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, QuerySet

from annotation.models import ProductImage
from inference.engines.ocr import engine_name
from inference.models import PictureReading
from inference.pipeline.case import Picture, Word


def ocr_engine() -> str:
    """The reader that this process has, by name and version; empty where OCR is not installed."""
    return engine_name()


def unread_images() -> QuerySet[ProductImage]:
    """The images that nobody has tried to read, in the order of their digests."""
    tried = PictureReading.objects.filter(sha256=OuterRef("sha256"))
    return ProductImage.objects.filter(~Exists(tried)).order_by("sha256", "pk")


def unread_count() -> int:
    """How many pictures wait to be read."""
    return unread_images().order_by().values("sha256").distinct().count()


def readings_of(digests: Iterable[str]) -> Mapping[str, PictureReading]:
    """What counts as read on each picture: the newest reading that did not fail, or else the newest."""
    found: dict[str, PictureReading] = {}
    for reading in PictureReading.objects.filter(sha256__in=set(digests)).order_by("pk"):
        held = found.get(reading.sha256)
        if held is None or held.failure or not reading.failure:
            found[reading.sha256] = reading
    return found


def pictures_by_digest(digests: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures with the words read on them, in one query: those that could not be read are left out.

    One that nobody has tried to read has no words: a model may look at it.
    """
    wanted = set(digests)
    readings = readings_of(wanted) if wanted else {}
    read = {sha256: picture_of(reading) for sha256, reading in readings.items() if not reading.failure}
    return read | {sha256: Picture(sha256) for sha256 in wanted - readings.keys()}


def picture_of(reading: PictureReading) -> Picture:
    """A reading as the pipeline takes it."""
    words = tuple(
        Word(word["text"], tuple((float(x), float(y)) for x, y in word["box"]), float(word["score"]))
        for word in reading.words
    )
    return Picture(reading.sha256, words, reading.width, reading.height)
