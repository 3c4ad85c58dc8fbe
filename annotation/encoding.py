"""How the characters of a file are written: UTF-8 or GB18030, found out by reading all of it as a stream."""

import codecs
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path

from annotation.reasons import RefusedError
from rules.engine.attributes import gettext_noop

CHUNK_BYTES = 1 << 18
LIKELY_GB18030 = 0.75
"""Share of the characters beyond ASCII that belong to GB 2312 in any Chinese text that is not misread."""

NOT_TEXT = gettext_noop("This is not a text file. Save it as plain text in UTF-8.")
BROKEN_UTF_8 = gettext_noop("The row is not valid UTF-8.")
UNKNOWN_ENCODING = gettext_noop("The file is neither UTF-8 nor GB18030. Save it as UTF-8.")


class Encoding(StrEnum):
    """How characters are written."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


def detect_encoding(path: Path) -> Encoding:
    """UTF-8 where most of it is, GB18030 where all of it is and reads like Chinese; else RefusedError.

    A row of a UTF-8 file that is not UTF-8 is refused on its own when it is read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks(path):
            if b"\0" in chunk:
                raise RefusedError(NOT_TEXT)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if not is_mostly_utf_8(path):
            check_gb18030(path)
            return Encoding.GB18030
    return Encoding.UTF_8


def check_gb18030(path: Path) -> None:
    """Raise RefusedError unless a file that is not UTF-8 is GB18030."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    total = common = 0
    try:
        for chunk in chunks(path):
            if b"\0" in chunk:
                raise RefusedError(NOT_TEXT)
            text = decoder.decode(chunk)
            total += len(text) - len(text.encode("ascii", "ignore"))
            common += len(text.encode("gb2312", "ignore").decode("gb2312")) - len(text.encode("ascii", "ignore"))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise RefusedError(UNKNOWN_ENCODING) from error
    if common < LIKELY_GB18030 * total:
        raise RefusedError(UNKNOWN_ENCODING)


def is_mostly_utf_8(path: Path) -> bool:
    """Whether a file has more characters beyond ASCII that are valid UTF-8 than bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for chunk in chain(chunks(path), (b"",)):
        if b"\0" in chunk:
            raise RefusedError(NOT_TEXT)
        text = decoder.decode(chunk, final=not chunk)
        spoilt = text.count("\ufffd")
        bad += spoilt
        good += len(text) - len(text.encode("ascii", "ignore")) - spoilt
    return good > bad


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
