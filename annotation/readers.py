"""Reading merchants' files as a stream: JSONL or CSV, UTF-8 or GB18030, whatever is in them.

Nothing here holds more than a few lines, however long a file or a line is. A line that can't be
read becomes a `Fault`; a file that can't be read at all raises `RefusedError` before the first row.
"""

import codecs
import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from annotation.csv_records import cells_of, records
from annotation.encoding import BROKEN_UTF_8, CHUNK_BYTES, NOT_TEXT, Encoding, detect_encoding
from annotation.lines import EXCERPT, LONGEST_LINE, Line, is_blank, lines
from annotation.reasons import RefusedError
from rules.engine.attributes import gettext_noop

MAGIC = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\x1f\x8b",
    b"RIFF",
    b"SQLite",
)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Format(StrEnum):
    """How rows are written."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields a row may have, and those it must."""

    known: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose encoding and format are known."""

    path: Path
    encoding: Encoding
    format: Format
    size: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says, by field."""

    line: int
    offset: int
    values: Mapping[str, Any]
    excerpt: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be read, and why."""

    line: int
    offset: int
    reason: str
    params: Mapping[str, str | int]
    excerpt: str


EMPTY = gettext_noop("The file is empty.")
IS_UTF_16 = gettext_noop("The file is written in UTF-16 or UTF-32. Save it as UTF-8 or GB18030.")
IS_JSON_LIST = gettext_noop("The file is one JSON list. Write one JSON object a line.")
UNKNOWN_COLUMN = gettext_noop("Unknown column “%(names)s”. Known columns: %(known)s.")
DOUBLE_COLUMN = gettext_noop("Column “%(names)s” stands twice in the header.")
MISSING_COLUMN = gettext_noop("The header lacks “%(names)s”.")
NO_HEADER = gettext_noop("The first line is too long to be a header.")
LONG_LINE = gettext_noop("The line is longer than %(most)s bytes.")
NOT_JSON = gettext_noop("The line is not valid JSON.")
NOT_AN_OBJECT = gettext_noop("The line is not a JSON object.")
UNKNOWN_FIELD = gettext_noop("Unknown field “%(names)s”. Known fields: %(known)s.")
MISSING_FIELD = gettext_noop("“%(names)s” is missing.")
NOT_CSV = gettext_noop(
    "The line is not valid CSV: a quotation mark is open or misplaced, or a line end is half of one."
)
WRONG_COUNT = gettext_noop("The line has %(found)s values, the header %(expected)s.")


def examine(path: Path, *, name: str = "") -> Source:
    """Look at a whole file, a piece at a time, before anything of it is used."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(CHUNK_BYTES)
    if head.startswith(UTF_16):
        raise RefusedError(IS_UTF_16)
    if head.startswith(MAGIC):
        raise RefusedError(NOT_TEXT)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise RefusedError(EMPTY)
    return Source(path, detect_encoding(path), detect_format(head, name or path.name), size)


def detect_format(head: bytes, name: str) -> Format:
    """By the file's name, or else by its first character."""
    first = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if first == b"[":
        raise RefusedError(IS_JSON_LIST)
    suffix = Path(name).suffix.lower()
    if suffix == ".csv" and first != b"{":
        return Format.CSV
    return Format.JSONL if first == b"{" or suffix in {".jsonl", ".ndjson", ".json"} else Format.CSV


def read(source: Source, columns: Columns, *, longest: int = LONGEST_LINE) -> Iterator[Row | Fault]:
    """Every row of a file, or why it could not be read. Raises RefusedError for a wrong CSV header."""
    texts = lines(source.path, longest=longest)
    if source.format is Format.JSONL:
        return (json_row(line, source.encoding, columns, longest) for line in texts if not is_blank(line))
    return csv_rows(texts, source.encoding, columns, longest)


def fault(line: Line, text: str, reason: str, **params: str | int) -> Fault:
    """Why a line is not read."""
    return Fault(line.number, line.offset, reason, params, excerpt_of(text))


def too_long(line: Line, encoding: Encoding, longest: int) -> Fault:
    """A line beyond the bound."""
    return fault(line, line.beginning.decode(encoding, "replace"), LONG_LINE, most=longest)


def broken(line: Line, content: bytes, encoding: Encoding) -> Fault:
    """A row with bytes that are no characters."""
    return fault(line, content.decode(encoding, "replace"), BROKEN_UTF_8)


def excerpt_of(text: str) -> str:
    """How a line begins, without what a page or a terminal would act on."""
    begins = text[:EXCERPT]
    return begins if begins.isprintable() else "".join(char if char.isprintable() else " " for char in begins)


def json_row(line: Line, encoding: Encoding, columns: Columns, longest: int) -> Row | Fault:
    """A line of JSONL."""
    if line.content is None:
        return too_long(line, encoding, longest)
    try:
        text = line.content.decode(encoding)
    except UnicodeDecodeError:
        return broken(line, line.content, encoding)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return fault(line, text, NOT_JSON)
    if not isinstance(values, dict):
        return fault(line, text, NOT_AN_OBJECT)
    if unknown := [name for name in values if name not in columns.known]:
        return fault(line, text, UNKNOWN_FIELD, names=named(unknown), known=", ".join(columns.known))
    if missing := [name for name in columns.required if name not in values]:
        return fault(line, text, MISSING_FIELD, names=named(missing))
    return Row(line.number, line.offset, values, excerpt_of(text))


def named(names: Iterable[str]) -> str:
    """Names from a file in a message: not too many, not too long."""
    return ", ".join(excerpt_of(name)[:40] for name in list(names)[:5])


def csv_rows(texts: Iterator[Line], encoding: Encoding, columns: Columns, longest: int) -> Iterator[Row | Fault]:
    """The rows below a CSV header, which is checked at once."""
    header = read_header(texts, encoding, columns)
    return (csv_row(record, header, encoding, longest) for record in records(texts, longest))


def read_header(texts: Iterator[Line], encoding: Encoding, columns: Columns) -> list[str]:
    """The columns of a CSV file."""
    line = next(line for line in texts if not is_blank(line))
    if line.content is None:
        raise RefusedError(NO_HEADER)
    try:
        header = [name.strip() for name in next(csv.reader([line.content.decode(encoding)]))]
    except (csv.Error, UnicodeDecodeError) as error:
        raise RefusedError(NO_HEADER) from error
    check_header(header, columns)
    return header


def check_header(header: Collection[str], columns: Columns) -> None:
    """Raise RefusedError for a column that is unknown, double or missing."""
    if unknown := [name for name in header if name not in columns.known]:
        raise RefusedError(UNKNOWN_COLUMN, names=named(unknown), known=", ".join(columns.known))
    if double := {name for name in header if list(header).count(name) > 1}:
        raise RefusedError(DOUBLE_COLUMN, names=named(sorted(double)))
    if missing := [name for name in columns.required if name not in header]:
        raise RefusedError(MISSING_COLUMN, names=named(missing))


def csv_row(record: Line, header: list[str], encoding: Encoding, longest: int) -> Row | Fault:
    """A record of CSV."""
    if record.content is None:
        return too_long(record, encoding, longest)
    try:
        text = record.content.decode(encoding)
    except UnicodeDecodeError:
        return broken(record, record.content, encoding)
    try:
        cells = cells_of(text)
    except csv.Error:
        return fault(record, text, NOT_CSV)
    if len(cells) != len(header):
        return fault(record, text, WRONG_COUNT, found=len(cells), expected=len(header))
    return Row(record.number, record.offset, dict(zip(header, cells, strict=True)), excerpt_of(text))
