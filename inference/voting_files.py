"""The pairs of a vote as lines of a file."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inference.selectors.voting import BallotRow, Judge
from rules.spreadsheets import safe
from rules.views.audit_files import Echo

COLUMNS = ("pair", "external_id", "query", "product", "title", "category", "hard", "standing", "vote", "label")


@dataclass(frozen=True, slots=True)
class File:
    """A kind of file: what it is, and how pairs become its lines."""

    content_type: str
    lines: Callable[[Sequence[Judge], Iterable[BallotRow]], Iterator[str]]


def csv_lines(judges: Sequence[Judge], rows: Iterable[BallotRow]) -> Iterator[str]:
    """A table for people, a column a judge. Begins with a mark, so that Excel reads UTF-8."""
    writer = csv.writer(Echo())
    names = [judge_told(one) for one in judges]
    yield "\ufeff" + writer.writerow([*COLUMNS, *names])
    for row in rows:
        told = told_of(judges, row)
        cells = [told[name] for name in COLUMNS] + [told["levels"][name] for name in names]
        yield writer.writerow([safe(cell(one)) for one in cells])


def json_lines(judges: Sequence[Judge], rows: Iterable[BallotRow]) -> Iterator[str]:
    """An object a pair, for programs."""
    for row in rows:
        yield json.dumps(told_of(judges, row), ensure_ascii=False) + "\n"


def told_of(judges: Sequence[Judge], row: BallotRow) -> dict[str, Any]:
    """One pair under the names of COLUMNS, and the `levels` by judge; one that is not there is None."""
    one, pair = row.ballot, row.pair
    levels = {judge_told(judge): level and level.value for judge, level in zip(judges, one.levels, strict=True)}
    return {
        "pair": pair.pk,
        "external_id": pair.external_id,
        "query": pair.query.text,
        "product": pair.product.external_id,
        "title": row.title,
        "category": one.category or None,
        "hard": one.hard,
        "standing": one.standing.value,
        "vote": one.level and one.level.value,
        "label": one.labelled and one.labelled.value,
        "levels": levels,
    }


def judge_told(judge: Judge) -> str:
    """A judge as a file names it."""
    return f"run_{judge.run.pk}" if judge.sample is None else f"run_{judge.run.pk}_answer_{judge.sample}"


def cell(value: Any) -> str:
    """A value as a table has it."""
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


FILES = {
    "csv": File("text/csv; charset=utf-8", csv_lines),
    "jsonl": File("application/jsonl; charset=utf-8", json_lines),
}
