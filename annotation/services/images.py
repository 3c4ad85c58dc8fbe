"""Package photographs from a folder beside the file that names them."""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from PIL import Image

from annotation.rows import RowError
from rules.engine.attributes import gettext_noop

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_SIDE = 20_000

NOT_AN_IMAGE = gettext_noop("The image “%(name)s” is not a readable JPEG, PNG or WebP.")
TOO_BIG = gettext_noop("The image “%(name)s” is larger than %(most)s MB.")
TOO_MANY_PIXELS = gettext_noop("The image “%(name)s” has more than %(most)s megapixels.")


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image in the media folder: its name there, and the SHA-256 of its bytes."""

    name: str
    sha256: str


def take_image(folder: Path, name: str) -> StoredImage | None:
    """Copy `folder/name` into the media folder; None where no such file lies there.

    Of `name` only the last part counts, so that nothing outside the folder can be meant.
    """
    basename = PurePosixPath(name.replace("\\", "/")).name
    path = folder / basename
    if basename in {"", ".", ".."} or path.is_symlink() or not path.is_file():
        return None
    if path.stat().st_size > MOST_BYTES:
        raise RowError(TOO_BIG, name=basename, most=MOST_BYTES // 1024 // 1024)
    suffix = FORMATS[check_image(path, basename)]
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    stored = StoredImage(f"products/{digest}.{suffix}", digest)
    keep(content, Path(settings.MEDIA_ROOT) / stored.name)
    return stored


def check_image(path: Path, name: str) -> str:
    """The format of an image that decodes to its end and is not too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=tuple(FORMATS)) as image:
                width, height = image.size
                if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                    raise RowError(TOO_MANY_PIXELS, name=name, most=MOST_PIXELS // 1_000_000)
                image.load()
                return str(image.format)
    except Image.DecompressionBombError as error:
        raise RowError(TOO_MANY_PIXELS, name=name, most=MOST_PIXELS // 1_000_000) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise RowError(NOT_AN_IMAGE, name=name) from error


def keep(content: bytes, path: Path) -> None:
    """Write a file whole or not at all; one that is there has the same content."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    draft.replace(path)
