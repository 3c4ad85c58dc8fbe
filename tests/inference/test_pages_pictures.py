"""The pictures of a product on its page."""

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Product, ProductImage
from inference.engines import ocr
from inference.models import PictureReading
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
BOX = [[0, 0], [60, 0], [60, 20], [0, 20]]
HTMX = {"hx-request": "true", "accept-language": "en"}


@pytest.fixture
def signed_in(client: Client, settings, tmp_path: Path) -> Client:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_user())
    return client


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without OCR."""
    monkeypatch.setattr(ocr, "PACKAGES", ("no_such_package",))


def photographed(digest: str = "f" * 64, product: Product | None = None) -> Product:
    image = ProductImage(product=product or make_pair().product, sha256=digest)
    image.file.save("photo.png", ContentFile(b"photo"))
    return image.product


def reading(*texts: str, digest: str = "f" * 64, failure: str = "") -> None:
    words = [{"text": text, "box": BOX, "score": 0.99} for text in texts]
    PictureReading.objects.create(
        sha256=digest, engine="reader 1", width=100, height=50, words=words, failure=failure, seconds=0.4
    )


def page(client: Client, product: Product, **headers: str) -> str:
    response = client.get(reverse("inference:pictures", args=[product.pk]), headers=headers or HTMX)
    assert response.status_code == 200
    return response.content.decode()


def test_the_words_are_boxes_over_the_picture_and_rows_of_a_table(signed_in: Client) -> None:
    product = photographed()
    reading("芬必得", "布洛芬颗粒")
    text = page(signed_in, product)
    assert 'viewBox="0 0 100 50"' in text
    assert 'class="word-box is-consistent" points="0,0 60,0 60,20 0,20"' in text
    assert re.findall(r"look look-(\w+)", text).count("consistent") >= 2
    assert "style=" not in text


def test_the_fragment_is_a_page_of_its_own_without_htmx(signed_in: Client) -> None:
    product = photographed()
    assert "<!doctype html>" not in page(signed_in, product)
    assert "<!doctype html>" in page(signed_in, product, **{"accept-language": "en"})
    shown = signed_in.get(reverse("annotation:product", args=[product.pk])).content.decode()
    assert f'href="{reverse("inference:pictures", args=[product.pk])}"' in shown


def test_without_ocr_the_page_says_how_to_get_it(signed_in: Client, no_ocr: None) -> None:
    text = page(signed_in, photographed())
    assert "make ocr" in text
    assert "hx-trigger" not in text


def test_a_failed_picture_says_why(signed_in: Client) -> None:
    product = photographed()
    reading(failure="too_large")
    assert "too many pixels" in page(signed_in, product)


def test_words_of_a_picture_stay_text(signed_in: Client) -> None:
    product = photographed()
    reading(SCRIPT)
    assert SCRIPT not in page(signed_in, product)


def test_reading_again_is_refused_to_whom_it_is_not_for(signed_in: Client) -> None:
    product = photographed()
    assert signed_in.post(reverse("inference:read_pictures", args=[product.pk])).status_code == 403
    assert "Read again" not in page(signed_in, product)


def test_reading_again_without_ocr_says_so(signed_in: Client, no_ocr: None) -> None:
    signed_in.force_login(make_user("annotation.import_catalogue"))
    product = photographed()
    address = reverse("inference:read_pictures", args=[product.pk])
    response = signed_in.post(address, follow=True, headers={"accept-language": "en"})
    assert "not installed on this machine" in response.content.decode()


def test_many_pictures_cost_the_queries_of_one(signed_in: Client) -> None:
    one = photographed()
    reading("芬必得")
    many = photographed("0" * 64)
    for digit in "12345":
        photographed(digit * 64, many)
        reading("芬必得", digest=digit * 64)
    counts = []
    for product in (one, many):
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, product)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 12
