"""The rows of a comparison as lines of a file."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from inference.models import ComparisonRow
from inference.selectors.judged_texts import TitledRow
from rules.spreadsheets import safe
from rules.views.audit_files import Echo

COLUMNS = (
    "change",
    "pair",
    "external_id",
    "query",
    "product",
    "title",
    "before",
    "after",
    "label",
    "category",
    "hard",
    "must_hold",
    "because_of",
    "judgment_before",
    "judgment_after",
    "failure_before",
    "failure_after",
)


@dataclass(frozen=True, slots=True)
class File:
    """A kind of file: what it is, and how rows become its lines."""

    content_type: str
    lines: Callable[[Iterable[TitledRow]], Iterator[str]]


def csv_lines(rows: Iterable[TitledRow]) -> Iterator[str]:
    """A table for people. Begins with a mark, so that Excel reads UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for one in rows:
        told = told_of(one) | {"because_of": "; ".join(causes_told(one.row))}
        yield writer.writerow([safe(cell(told[name])) for name in COLUMNS])


def json_lines(rows: Iterable[TitledRow]) -> Iterator[str]:
    """An object a row, for programs."""
    for one in rows:
        yield json.dumps(told_of(one), ensure_ascii=False) + "\n"


def told_of(one: TitledRow) -> dict[str, Any]:
    """One row under the names of COLUMNS; a level that is not there is None."""
    row = one.row
    return {
        "change": row.change.value,
        "pair": row.pair_id,
        "external_id": row.pair.external_id,
        "query": row.pair.query.text,
        "product": row.pair.product.external_id,
        "title": one.title,
        "before": row.was or None,
        "after": row.now or None,
        "label": row.expected or None,
        "category": row.category or None,
        "hard": row.hard,
        "must_hold": row.must_hold,
        "because_of": [{"rule": why.number, "before": why.before, "after": why.after} for why in row.because],
        "judgment_before": row.before_id,
        "judgment_after": row.after_id,
        "failure_before": row.before.failure or None,
        "failure_after": row.after.failure or None,
    }


def causes_told(row: ComparisonRow) -> Iterator[str]:
    """What a change rests on, a few signs a cause: a rule with its versions, or the line of the algorithm."""
    for one in row.because:
        versions = f"v{one.before}" if one.before else "-", f"v{one.after}" if one.after else "-"
        yield f"R{one.number} {' > '.join(versions)}" if one.number else f"line {one.before} > {one.after}"


def cell(value: Any) -> str:
    """A value as a table has it."""
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


FILES = {
    "csv": File("text/csv; charset=utf-8", csv_lines),
    "jsonl": File("application/jsonl; charset=utf-8", json_lines),
}
