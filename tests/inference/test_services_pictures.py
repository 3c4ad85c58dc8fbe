"""Reading pictures once a digest, reading them again, and readings that travel between machines."""

import json
import sys
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import Pair, Product, ProductImage
from inference.engines import ocr as engine
from inference.engines.ocr import ReadPicture, UnreadableError
from inference.engines.ocr_process import OcrProcess, ReaderBrokenError
from inference.models import PictureReading
from inference.pipeline.case import Picture, Word
from inference.selectors.cases import case_of, cases_of
from inference.selectors.picture_pages import pictures_of_product, pictures_of_trace
from inference.selectors.pictures import unread_count
from inference.services.pictures import TakenOver, import_readings, nobody_reads, read_again, read_pictures
from rules.models import AuditEvent
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db
BOX = ((0.0, 0.0), (40.0, 0.0), (40.0, 10.0), (0.0, 10.0))
ROW = {
    "sha256": "f" * 64,
    "engine": "reader 1",
    "width": 100,
    "height": 50,
    "words": [{"text": "芬必得", "box": [list(corner) for corner in BOX], "score": 0.9}],
    "failure": "",
    "seconds": 0.5,
}


class Scripted:
    """Reads what a test tells it to, and keeps count."""

    def __init__(self, text: str = "芬必得", why: str = "", engine: str = "reader 1") -> None:
        self.text, self.why, self.engine, self.asked = text, why, engine, 0

    def read(self, content: bytes) -> ReadPicture:
        self.asked += 1
        if self.why:
            raise UnreadableError(self.why)
        return ReadPicture(Picture("", (Word(self.text, BOX, 0.9),), 100, 50), self.engine, 0.5)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path


def photographed(product: Product, digest: str = "f" * 64, content: bytes = b"photo") -> ProductImage:
    image = ProductImage(product=product, sha256=digest)
    image.file.save("photo.png", ContentFile(content))
    return image


def stored() -> list[tuple[str, str, str, int]]:
    """Digest, engine, failure and number of words of every reading."""
    rows = PictureReading.objects.order_by("pk")
    return [(row.sha256[0], row.engine, row.failure, len(row.words)) for row in rows]


def test_a_picture_of_several_products_is_read_once() -> None:
    for _ in range(2):
        photographed(make_pair().product)
    photographed(make_pair(title="[999]感冒灵颗粒").product, "a" * 64)
    reader = Scripted()
    batch = read_pictures(ocr=reader)
    again = read_pictures(ocr=reader)
    assert (batch.tried, batch.more, again.tried, reader.asked) == (2, False, 0, 2)
    assert sorted(stored()) == [("a", "reader 1", "", 1), ("f", "reader 1", "", 1)]
    assert AuditEvent.objects.filter(verb="picture.read").count() == 2


def test_of_two_that_read_a_picture_at_once_the_first_is_kept() -> None:
    photographed(make_pair().product)

    class Overtaken(Scripted):
        def read(self, content: bytes) -> ReadPicture:
            if not PictureReading.objects.exists():
                read_pictures(ocr=Scripted("first"))
            return super().read(content)

    read_pictures(ocr=Overtaken("second"))
    assert [reading.words[0]["text"] for reading in PictureReading.objects.all()] == ["first"]


def test_work_counts_as_left_when_pictures_wait_and_none_was_read_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PACKAGES", ("json",))
    assert not nobody_reads()
    for digest in "ab":
        photographed(make_pair(title=digest).product, digest * 64)
    assert nobody_reads()
    read_pictures(limit=1, ocr=Scripted())
    assert not nobody_reads()


def test_a_batch_says_that_others_wait() -> None:
    for digest in "abc":
        photographed(make_pair(title=digest).product, digest * 64)
    assert read_pictures(limit=2, ocr=Scripted()).more
    assert unread_count() == 1


@pytest.mark.parametrize("why", ["not_an_image", "too_large", "died"])
def test_a_picture_that_cannot_be_read_keeps_why(why: str) -> None:
    photographed(make_pair().product)
    assert read_pictures(ocr=Scripted(why=why)).failed == 1
    assert stored() == [("f", "reader 1", why, 0)]


def test_a_file_that_is_gone_is_a_failure() -> None:
    Path(photographed(make_pair().product).file.path).unlink()
    read_pictures(ocr=Scripted())
    assert stored() == [("f", "reader 1", "missing_file", 0)]


def test_the_words_reach_the_pipeline() -> None:
    pair = make_pair()
    photographed(pair.product)
    assert case_of(pair).pictures == (Picture("f" * 64),)
    read_pictures(ocr=Scripted())
    expected = (Picture("f" * 64, (Word("芬必得", BOX, 0.9),), 100, 50),)
    assert case_of(Pair.objects.get(pk=pair.pk)).pictures == expected
    assert cases_of([pair.pk])[pair.pk].pictures == expected


def test_a_picture_that_can_not_be_read_does_not_reach_the_pipeline() -> None:
    pair = make_pair()
    photographed(pair.product)
    read_pictures(ocr=Scripted(why="not_an_image"))
    assert case_of(pair).pictures == ()


def test_cases_of_many_pairs_cost_the_queries_of_one() -> None:
    pairs = [make_pair(title=str(number)) for number in range(6)]
    for number, pair in enumerate(pairs):
        photographed(pair.product, str(number) * 64)
    read_pictures(ocr=Scripted())
    counts = []
    for wanted in (pairs[:1], pairs):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            cases_of(pair.pk for pair in wanted)
        counts.append(len(queries))
    assert counts == [4, 4]


def test_reading_again_is_for_those_who_may() -> None:
    product = photographed(make_pair().product).product
    with pytest.raises(PermissionDenied):
        read_again(by=make_user(), product=product, ocr=Scripted())


def test_what_failed_is_read_again_and_what_was_read_is_not() -> None:
    product, expert = photographed(make_pair().product).product, make_user("annotation.import_catalogue")
    read_pictures(ocr=Scripted(why="too_slow"))
    assert read_again(by=expert, product=product, ocr=Scripted()) == 1
    assert stored() == [("f", "reader 1", "too_slow", 0), ("f", "reader 1 (2)", "", 1)]
    with pytest.raises(ValidationError):
        read_again(by=expert, product=product, ocr=Scripted())
    assert read_again(by=expert, product=product, ocr=Scripted("布洛芬", engine="reader 2")) == 1
    assert pictures_of_product(product).pictures[0].boxes[0].text == "布洛芬"


def test_readings_travel_and_are_taken_once(tmp_path: Path) -> None:
    photographed(make_pair().product)
    read_pictures(ocr=Scripted())
    out = tmp_path / "readings.jsonl"
    call_command("read_pictures", "--export", str(out))
    assert json.loads(out.read_text("utf-8")) == ROW
    out.write_text(json.dumps(ROW) + "\n" + json.dumps({**ROW, "engine": "reader 9"}) + "\n", "utf-8")
    assert import_readings(path=out) == TakenOver(taken=1, known=1, refused=())
    assert import_readings(path=out) == TakenOver(taken=0, known=2, refused=())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "\udcff",
        json.dumps({**ROW, "sha256": "../x"}),
        json.dumps({**ROW, "words": [{"text": "a", "box": [[0, 0]], "score": 1}]}),
        json.dumps({**ROW, "words": [{"text": "a\0", "box": [], "score": 1}]}),
        json.dumps({**ROW, "width": -1}),
        json.dumps({**ROW, "seconds": float("inf")}),
    ],
)
def test_a_line_that_is_no_reading_is_refused_by_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "readings.jsonl"
    path.write_bytes(f"{json.dumps(ROW)}\n{line}\n".encode("utf-8", "surrogateescape"))
    assert import_readings(path=path) == TakenOver(taken=1, known=0, refused=(2,))


def test_without_a_reader_the_command_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PACKAGES", ("no_such_package",))
    photographed(make_pair().product)
    with pytest.raises(CommandError, match="make ocr"):
        call_command("read_pictures")
    assert read_pictures().tried == 0


def test_a_trace_shows_its_pictures_with_the_words_that_decided() -> None:
    product = photographed(make_pair().product).product
    read_pictures(ocr=Scripted())
    match = {
        "attribute": "brand",
        "consistency": "consistent",
        "title": ["芬必得"],
        "picture": ["芬必得"],
        "words": [0],
    }
    shown = pictures_of_trace([{"sha256": "f" * 64, "matches": [match]}, {"sha256": "0" * 64, "matches": []}])
    assert [(one.state, one.name, [box.look for box in one.boxes]) for one in shown] == [
        ("read", product.images.get().file.name, ["consistent"]),
        ("unread", "", []),
    ]


@pytest.mark.parametrize(("script", "why"), [("raise SystemExit(3)", "died"), ("time.sleep(60)", "too_slow")])
def test_a_reader_that_dies_or_hangs_fails_one_picture_and_is_started_again(script: str, why: str) -> None:
    command = (sys.executable, "-Sc", f"import time; print('ready', flush=True); input(); {script}")
    with OcrProcess(command, seconds=0.4 if why == "too_slow" else 20) as reader:
        for _ in range(2):
            with pytest.raises(UnreadableError) as failed:
                reader.read(b"photo\n")
            assert failed.value.why == why


def test_a_reader_that_does_not_start_says_nothing_of_a_picture() -> None:
    with OcrProcess((sys.executable, "-Sc", "raise ImportError")) as reader, pytest.raises(ReaderBrokenError):
        reader.read(b"photo")
