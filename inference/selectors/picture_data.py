"""The pictures of units as a vision model is sent them, read from their files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from annotation.models import ProductImage
from inference.engines.ocr import UnreadableError
from inference.engines.picture_data import data_address
from inference.pipeline.told import Unit


def with_pictures(units: Iterable[Unit]) -> Mapping[Unit, Unit]:
    """Every unit with its pictures as data addresses. One whose pictures are gone or can't be read is left out."""
    wanted = list(units)
    addresses = _addresses({sha256 for unit in wanted for sha256 in unit.images})
    return {
        unit: replace(unit, images=tuple(addresses[sha256] for sha256 in unit.images))
        for unit in wanted
        if all(sha256 in addresses for sha256 in unit.images)
    }


def _addresses(digests: set[str]) -> dict[str, str]:
    """The data address of each picture whose file is there: the first one of several with the same bytes that is."""
    found: dict[str, str] = {}
    for image in ProductImage.objects.filter(sha256__in=digests).order_by("pk") if digests else ():
        if image.sha256 not in found and (address := _address(image)):
            found[image.sha256] = address
    return found


def _address(image: ProductImage) -> str:
    try:
        with image.file.open("rb") as file:
            return data_address(file.read())
    except (OSError, ValueError, UnreadableError):
        return ""
