"""Releases as files: nothing is lost on the way, and a file is the same whenever it is written."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from arro3.io import read_parquet
from hypothesis import given
from hypothesis import strategies as st

from annotation.exports import BOM, COLUMNS, in_csv, jsonl, table, write_as_parquet
from annotation.manifest import Answer, Provenance, Row, digest_of_lines, in_order
from rules.spreadsheets import safe

LEVELS = st.sampled_from(["highly", "moderately", "weakly", "irrelevant"])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NAMED = st.text("abc布洛芬|,\"'\n =@", min_size=1, max_size=8)
ANSWERS = st.lists(
    st.builds(Answer, by=NAMED, level=LEVELS, at=WORDS, guideline=st.none() | st.integers(1, 9)), max_size=3
)
ROWS = st.lists(
    st.builds(
        Row,
        pair_id=NAMED,
        query=WORDS,
        product_id=NAMED,
        title=WORDS,
        level=LEVELS,
        label=st.builds(
            Provenance,
            kind=st.sampled_from(["given", "agreed", "ruling"]),
            by=WORDS,
            note=WORDS,
            guideline=st.none() | st.integers(1, 99),
            answers=ANSWERS.map(tuple),
        ),
        votes=st.lists(LEVELS, max_size=3).map(tuple),
        attributes=st.dictionaries(NAMED, st.lists(WORDS, max_size=2), max_size=2),
        hard=st.booleans(),
        must_hold=st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row.query, row.product_id),
)


def lines_of(rows: list[Row]) -> list[str]:
    return [row.line() for row in in_order(rows)]


def row_of(line: str) -> Row:
    said = json.loads(line)
    label = said.pop("label")
    answers = {name: tuple(Answer(**one) for one in label.pop(name)) for name in ("answers", "models")}
    said["votes"], said["images"] = tuple(said["votes"]), tuple(said["images"])
    return Row(**said, label=Provenance(**label, **answers))


def parquet(lines: list[str]) -> bytes:
    file = io.BytesIO()
    write_as_parquet(lines, file, manifest='{"rows":1}')
    return file.getvalue()


@given(ROWS)
def test_what_is_exported_and_read_again_has_the_same_digest(rows: list[Row]) -> None:
    lines = lines_of(rows)
    read = b"".join(jsonl(lines)).decode().split("\n")[:-1]
    again = in_order(row_of(line) for line in reversed(read))
    assert digest_of_lines(row.line() for row in again) == digest_of_lines(lines)


@given(ROWS, st.data())
def test_any_change_of_a_row_is_another_digest(rows: list[Row], data: st.DataObject) -> None:
    lines = lines_of(rows)
    place = data.draw(st.integers(0, len(lines) - 1))
    changed = json.loads(lines[place])
    name = data.draw(st.sampled_from(["level", "title", "query", "pair_id", "category"]))
    changed[name] += data.draw(WORDS.filter(bool))
    altered = [*lines[:place], json.dumps(changed), *lines[place + 1 :]]
    assert digest_of_lines(altered) != digest_of_lines(lines)


@given(ROWS)
def test_csv_says_the_same_as_the_lines(rows: list[Row]) -> None:
    lines = lines_of(rows)
    text = b"".join(in_csv(lines)).decode().removeprefix(BOM)
    head, *read = csv.reader(io.StringIO(text, newline=""))
    words = {None: "", True: "true", False: "false"}
    said = [[words[v] if v is None or isinstance(v, bool) else safe(str(v)) for v in row] for row in table(lines)]
    assert (head, read) == (list(COLUMNS), said)


def test_no_cell_of_a_csv_is_a_formula_to_a_spreadsheet() -> None:
    label = Provenance("given", by="+1", source="@SUM(A1)", note="-2+3")
    row = Row("=1+1", "=HYPERLINK(0)", "\t=1", "\r=2", "highly", label, votes=("highly",), category="=3")
    _head, read = csv.reader(io.StringIO(b"".join(in_csv([row.line()])).decode().removeprefix(BOM), newline=""))
    assert {name: cell for name, cell in zip(COLUMNS, read, strict=True) if cell.startswith("'")} == {
        "pair_id": "'=1+1",
        "query": "'=HYPERLINK(0)",
        "product_id": "'\t=1",
        "title": "'\r=2",
        "category": "'=3",
        "label_by": "'+1",
        "label_source": "'@SUM(A1)",
        "note": "'-2+3",
    }


@given(ROWS)
def test_parquet_says_the_same_as_the_lines(rows: list[Row]) -> None:
    lines = lines_of(rows)
    read = read_parquet(io.BytesIO(parquet(lines))).read_all()
    columns = [[value.as_py() for value in read.column(name)] for name in COLUMNS]
    assert list(zip(*columns, strict=True)) == list(table(lines))


@pytest.mark.parametrize("write", [lambda lines: b"".join(in_csv(lines)), parquet])
def test_a_file_is_the_same_bytes_when_it_is_written_again(write: Callable[[list[str]], bytes]) -> None:
    lines = [
        row.line() for row in (Row(f"p{n}", "布洛芬", f"{n}", "片", "highly", Provenance("given")) for n in range(9))
    ]
    assert write(lines) == write(lines)
