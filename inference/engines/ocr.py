"""Reading the words on a picture. The reader is an optional requirement, imported when the first picture is read."""

import hashlib
import importlib
import io
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Protocol

from PIL import Image, ImageOps

from inference.pipeline.case import Picture, Word

REQUIREMENTS = "requirements-ocr.txt"
PACKAGES = ("rapidocr", "onnxruntime")
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
"""Pixels a side is scaled down to before reading: letters of shop photographs are readable there, and memory is bound."""
LEAST_SCORE = 0.5
MOST_WORDS = 400
THREADS = 2


class UnreadableError(Exception):
    """A picture that can't be read: `why` names the reason, for the page to word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """What was read on a picture, by which engine and in how many seconds."""

    picture: Picture
    engine: str
    seconds: float


class Ocr(Protocol):
    """Reads the words on a picture, given its bytes."""

    @property
    def engine(self) -> str:
        """The name and version of what reads."""

    def read(self, content: bytes) -> ReadPicture:
        """Words with their boxes in pixels of the picture as it is shown. Raises UnreadableError."""


def is_installed() -> bool:
    """Whether this Python can read pictures."""
    return all(find_spec(name) is not None for name in PACKAGES)


def engine_name() -> str:
    """The name and version of the installed reader, empty where there is none."""
    try:
        return f"rapidocr {version('rapidocr')}" if is_installed() else ""
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def installed_ocr() -> Ocr:
    """The installed reader, made once a process. Raises ImportError where there is none."""
    return RapidOcr()


class RapidOcr:
    """RapidOCR on ONNX: detection, direction of the line, recognition. Its models come with the package."""

    def __init__(self) -> None:
        self._reader = importlib.import_module("rapidocr").RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.text_score": LEAST_SCORE,
                "Global.max_side_len": LONGEST_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    @property
    def engine(self) -> str:
        """The name and version of what reads."""
        return engine_name()

    def read(self, content: bytes) -> ReadPicture:
        """Words with their boxes in pixels of the picture as it is shown. Raises UnreadableError."""
        started = time.perf_counter()
        image = decoded(content)
        try:
            found = self._reader(image)
        except (MemoryError, RuntimeError, ValueError) as error:
            raise UnreadableError("engine") from error
        picture = Picture(hashlib.sha256(content).hexdigest(), words_of(found), image.width, image.height)
        return ReadPicture(picture, self.engine, time.perf_counter() - started)


def decoded(content: bytes) -> Image.Image:
    """The picture upright in RGB, as a browser shows it."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableError("too_large")
            return on_white(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise UnreadableError("not_an_image") from error


def on_white(image: Image.Image) -> Image.Image:
    """The picture in RGB; what is transparent shows white, as on a page."""
    if "transparency" not in image.info and image.mode not in {"RGBA", "LA", "PA"}:
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def words_of(found: Any) -> tuple[Word, ...]:
    """The reader's answer as words, from top to bottom; none where it found none."""
    if found.txts is None or found.boxes is None:
        return ()
    words = zip(found.txts, found.boxes, found.scores, strict=True)
    return tuple(
        Word(text, tuple((round(float(x), 1), round(float(y), 1)) for x, y in box), round(float(score), 3))
        for text, box, score in list(words)[:MOST_WORDS]
    )
