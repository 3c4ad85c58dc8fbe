"""Pictures as vision models are sent them: bounded, upright, from the files of the catalogue alone."""

import base64
import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from annotation.models import ProductImage
from inference.engines.ocr import UnreadableError
from inference.engines.picture_data import LONGEST_SIDE, PREFIX, data_address
from inference.pipeline.stages import Stage
from inference.pipeline.told import Unit
from inference.selectors.picture_data import with_pictures
from tests.factories import make_pair

TITLE = Unit(Stage.PRODUCT, "布洛芬片")


def photo(width: int = 40, height: int = 20, mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, (width, height), "red").save(written, "PNG")
    return written.getvalue()


def seen(address: str) -> Image.Image:
    assert address.startswith(PREFIX)
    return Image.open(io.BytesIO(base64.b64decode(address.removeprefix(PREFIX))))


def photographed(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    image = ProductImage(product=make_pair().product, sha256=sha256)
    image.file.save("photo.png", ContentFile(content))
    return sha256


def test_a_large_picture_is_made_smaller_and_a_small_one_stays() -> None:
    assert seen(data_address(photo(4000, 1000))).size == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert seen(data_address(photo())).size == (40, 20)


def test_what_is_transparent_is_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")
    assert seen(data_address(written.getvalue())).getpixel((1, 1)) == (255, 255, 255)


def test_the_same_bytes_give_the_same_address() -> None:
    assert data_address(photo()) == data_address(photo())


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(UnreadableError):
        data_address(b"<svg onload='x'>")


@pytest.mark.django_db
def test_units_get_their_pictures(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    sha256 = photographed(photo())
    unit = Unit(Stage.IMAGES, "", images=(sha256,))
    assert with_pictures([unit, TITLE]) == {
        unit: Unit(Stage.IMAGES, "", images=(data_address(photo()),)),
        TITLE: TITLE,
    }


@pytest.mark.django_db
def test_a_picture_that_is_gone_or_none_is_left_out(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    gone, broken = photographed(photo(9, 9)), photographed(b"no picture")
    ProductImage.objects.get(sha256=gone).file.delete(save=False)
    ProductImage.objects.filter(sha256=gone).update(file="products/not-there.png")
    units = [Unit(Stage.IMAGES, "", images=(sha256,)) for sha256 in (gone, broken, "0" * 64, "../../etc/passwd")]
    assert with_pictures(units) == {}
