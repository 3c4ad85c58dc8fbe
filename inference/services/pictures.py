"""Reading the words on pictures, once a picture, and taking over readings made elsewhere."""

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Product, ProductImage
from inference.engines.ocr import Ocr, UnreadableError, is_installed
from inference.engines.ocr_process import OcrProcess, ReaderBrokenError
from inference.models import PictureReading
from inference.reading_lines import NotAReadingError, reading_of_line
from inference.selectors.pictures import ocr_engine, readings_of, unread_images
from rules.services.audit import record
from rules.services.permissions import require

logger = logging.getLogger(__name__)

BATCH = 8
"""Pictures that one task reads: some seconds, so that other tasks get their turn."""
IMPORTED_AT_ONCE = 500
MISSING = "missing_file"
PERMISSION = "annotation.import_catalogue"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BatchRead:
    """How many pictures were tried, how many of them failed, and whether others still wait."""

    tried: int
    failed: int
    more: bool


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Readings of a file: taken, here already, and the numbers of the lines that are none."""

    taken: int
    known: int
    refused: tuple[int, ...]


def read_pictures(*, limit: int = BATCH, ocr: Ocr | None = None, progress: Progress | None = None) -> BatchRead:
    """Read up to `limit` pictures that nobody has tried, and store what was read or why it could not be.

    Safe to call again and at the same time: every picture is stored when it is read, the first reading of an
    engine stays, and two callers start at different pictures. Without OCR nothing is tried.
    """
    if ocr is None and not is_installed():
        return BatchRead(0, 0, more=False)
    images = waiting(limit)
    if not images:
        return BatchRead(0, 0, more=False)
    if ocr is not None:
        return read_each(images, ocr, progress)
    with OcrProcess() as process:
        try:
            return read_each(images, process, progress)
        except ReaderBrokenError:
            logger.exception("pictures wait, but the reader does not start")
            return BatchRead(0, 0, more=False)


def can_read() -> bool:
    """Whether pictures wait that this machine can read."""
    return is_installed() and unread_images().exists()


def nobody_reads() -> bool:
    """Whether pictures wait that this machine can read, and none was read for two claims' time."""
    since = timezone.now() - 2 * timedelta(seconds=settings.CLAIM_SECONDS)
    return can_read() and not PictureReading.objects.filter(created_at__gte=since).exists()


def waiting(limit: int) -> list[ProductImage]:
    """Pictures to read, one image a digest, from a place in the row of digests that chance chooses."""
    start = secrets.token_hex(32)
    found: dict[str, ProductImage] = {}
    for images in (unread_images().filter(sha256__gte=start), unread_images().filter(sha256__lt=start)):
        for image in images[: 4 * limit]:
            found.setdefault(image.sha256, image)
    return list(islice(found.values(), limit))


def read_each(images: Sequence[ProductImage], ocr: Ocr, progress: Progress | None = None) -> BatchRead:
    """Read pictures one after another, unless somebody else has read one meanwhile."""
    tried = failed = 0
    for image in images:
        if PictureReading.objects.filter(sha256=image.sha256, engine=ocr.engine).exists():
            continue
        reading = read_image(image, ocr)
        store(readings=[reading], verb="picture.read")
        tried, failed = tried + 1, failed + bool(reading.failure)
        if progress:
            progress(tried)
    return BatchRead(tried, failed, more=unread_images().exists())


def read_image(image: ProductImage, ocr: Ocr) -> PictureReading:
    """What was read on a picture, or why nothing could be; not yet stored."""
    reading = PictureReading(sha256=image.sha256, engine=ocr.engine)
    try:
        with image.file.open("rb") as file:
            read = ocr.read(file.read())
    except UnreadableError as error:
        reading.failure = error.why
    except OSError:
        reading.failure = MISSING
    else:
        reading.width, reading.height = read.picture.width, read.picture.height
        reading.words = [asdict(word) for word in read.picture.words]
        reading.seconds = round(read.seconds, 3)
    return reading


def store(*, readings: Sequence[PictureReading], verb: str, by: User | None = None) -> int:
    """Store the readings that are new: a picture has one of each engine. How many those were."""
    with transaction.atomic():
        digests = {reading.sha256 for reading in readings}
        known = set(PictureReading.objects.filter(sha256__in=digests).values_list("sha256", "engine"))
        new = {(one.sha256, one.engine): one for one in readings if (one.sha256, one.engine) not in known}
        if not new:
            return 0
        PictureReading.objects.bulk_create(new.values(), ignore_conflicts=True)
        first = next(iter(new.values()))
        data = {"pictures": len(new), "engine": first.engine, "failed": sum(bool(one.failure) for one in new.values())}
        record(by=by, verb=verb, subject=f"picture:{first.sha256[:12]}", data=data)
    return len(new)


def read_again(*, by: User | AnonymousUser, product: Product, ocr: Ocr | None = None) -> int:
    """Read a product's pictures that failed, or that another reader or version has read. How many were tried.

    Raises PermissionDenied, and ValidationError where OCR is not installed or nothing can be read anew.
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    if ocr is None and not is_installed():
        raise ValidationError(_("Reading pictures is not installed on this machine."))
    images = to_read_again(product, ocr.engine if ocr else ocr_engine())
    if not images:
        raise ValidationError(_("This reader has read every picture of the product. Reading again gives the same."))
    if ocr is not None:
        return read_each_again(images, ocr, by)
    with OcrProcess() as process:
        try:
            return read_each_again(images, process, by)
        except ReaderBrokenError as error:
            raise ValidationError(_("The reader of pictures does not start on this machine.")) from error


def read_each_again(images: Sequence[ProductImage], ocr: Ocr, by: User) -> int:
    """Store a new reading of each picture; a second try of one engine is numbered."""
    for image in images:
        reading = read_image(image, ocr)
        tries = PictureReading.objects.filter(sha256=image.sha256, engine__startswith=ocr.engine).count()
        reading.engine = f"{ocr.engine} ({tries + 1})" if tries else ocr.engine
        store(readings=[reading], verb="picture.read_again", by=by)
    return len(images)


def to_read_again(product: Product, engine: str) -> list[ProductImage]:
    """The images of a product whose reading failed, is missing, or was made by another reader."""
    images = list(product.images.all())
    readings = readings_of(image.sha256 for image in images)

    def may_change(image: ProductImage) -> bool:
        reading = readings.get(image.sha256)
        return reading is None or bool(reading.failure) or not reading.engine.startswith(engine)

    return [image for image in images if may_change(image)]


def import_readings(*, path: Path, by: User | None = None) -> TakenOver:
    """Take over the readings of a file, one JSON object a line. Those here already stay as they are."""
    taken = known = number = 0
    refused: list[int] = []
    with path.open("rb") as file:
        for lines in batches(file):
            found = []
            for line in lines:
                number += 1
                try:
                    found.append(PictureReading(**reading_of_line(line)))
                except NotAReadingError:
                    refused.append(number)
            new = store(readings=found, verb="picture.readings_imported", by=by) if found else 0
            taken, known = taken + new, known + len(found) - new
    return TakenOver(taken, known, tuple(refused))


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines, IMPORTED_AT_ONCE at a time."""
    stream = iter(lines)
    while batch := list(islice(stream, IMPORTED_AT_ONCE)):
        yield batch


def exported_lines() -> Iterator[str]:
    """Every reading as a line of JSON, the oldest first."""
    fields = ("sha256", "engine", "width", "height", "words", "failure", "seconds")
    for values in PictureReading.objects.order_by("pk").values(*fields).iterator(chunk_size=200):
        row: dict[str, Any] = dict(values)
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"))
