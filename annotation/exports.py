"""A benchmark release as a file: JSONL, CSV or Parquet, the same bytes whenever it is written. Pure.

JSONL is the release itself, a line a row. The other two are tables of the same rows: lists of plain words are joined
by `|`, whatever has parts is JSON. In CSV, for people, a value that a spreadsheet would run stands behind a `'`.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from typing import IO, Any

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from annotation.manifest import canonical
from rules.spreadsheets import safe

BATCH = 5000
BOM = "\ufeff"
"""By which spreadsheets know that Chinese is written in UTF-8."""


class FileKind(StrEnum):
    """The kinds of files."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def content_type(self) -> str:
        """What it is called on the wire."""
        return CONTENT_TYPES[self]


CONTENT_TYPES = {
    FileKind.JSONL: "application/x-ndjson; charset=utf-8",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.PARQUET: "application/vnd.apache.parquet",
}
TEXT, YES_NO, NUMBER = DataType.utf8(), DataType.bool(), DataType.int32()
COLUMNS = {
    "pair_id": TEXT,
    "query": TEXT,
    "product_id": TEXT,
    "title": TEXT,
    "level": TEXT,
    "votes": TEXT,
    "category": TEXT,
    "hard": YES_NO,
    "must_hold": YES_NO,
    "attributes": TEXT,
    "images": TEXT,
    "label_kind": TEXT,
    "label_by": TEXT,
    "label_source": TEXT,
    "label_at": TEXT,
    "guideline": NUMBER,
    "note": TEXT,
    "answers": TEXT,
    "models": TEXT,
}
"""The columns of the tables; only the guideline may be missing."""
SCHEMA = Schema([Field(name, kind, nullable=name == "guideline") for name, kind in COLUMNS.items()])


def jsonl(lines: Iterable[str]) -> Iterator[bytes]:
    """The rows as they were digested."""
    for line in lines:
        yield f"{line}\n".encode()


def table(lines: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """The rows as values, in the order of the columns."""
    for line in lines:
        row = json.loads(line)
        label = row["label"]
        yield (
            *(row[name] for name in ("pair_id", "query", "product_id", "title", "level")),
            "|".join(row["votes"]),
            *(row[name] for name in ("category", "hard", "must_hold")),
            canonical(row["attributes"]),
            "|".join(row["images"]),
            *(label[name] for name in ("kind", "by", "source", "at", "guideline", "note")),
            canonical(label["answers"]),
            canonical(label["models"]),
        )


def in_csv(lines: Iterable[str]) -> Iterator[bytes]:
    """The rows as CSV, so many at a time. Yes and no are written `true` and `false`."""
    rows = chain([tuple(COLUMNS)], table(lines))
    first = BOM
    while batch := list(islice(rows, BATCH)):
        text = io.StringIO(newline="")
        # With this end of line a carriage return inside a value is quoted too, on every Python.
        csv.writer(text, lineterminator="\r\n").writerows([_worded(value) for value in row] for row in batch)
        yield f"{first}{text.getvalue()}".encode()
        first = ""


def _worded(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return safe(value) if isinstance(value, str) else value


def write_as_parquet(lines: Iterable[str], file: IO[bytes], *, manifest: str) -> None:
    """Write the rows as Parquet, with the manifest in the metadata. Nothing in it tells of the moment or the machine."""
    write_parquet(
        RecordBatchReader.from_batches(SCHEMA, _record_batches(lines)),
        file,
        compression="zstd(3)",
        created_by="arweb",
        key_value_metadata={"manifest": manifest},
        skip_arrow_metadata=True,
    )


def _record_batches(lines: Iterable[str]) -> Iterator[RecordBatch]:
    rows = table(lines)
    while batch := list(islice(rows, BATCH)):
        columns = zip(COLUMNS.values(), zip(*batch, strict=True), strict=True)
        yield RecordBatch.from_arrays([Array(list(values), kind) for kind, values in columns], schema=SCHEMA)
