"""annotation/readers.py"""

import codecs
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.encoding import Encoding
from annotation.lines import lines
from annotation.readers import NOT_CSV, Columns, Fault, Format, Row, examine, read
from annotation.reasons import ReasonError, RefusedError

COLUMNS = Columns(known=("id", "title", "note"), required=("id", "title"))


def rows_of(path: Path, **bounds: int) -> list[Row | Fault]:
    """Everything a file holds."""
    return list(read(examine(path), COLUMNS, **bounds))


def told(items: list[Row | Fault]) -> list[tuple[int, str]]:
    """Line and id of what was read, line and reason of what was not."""
    return [
        (
            item.line,
            item.values["id"] if isinstance(item, Row) else item.reason % item.params if item.params else item.reason,
        )
        for item in items
    ]


def write(path: Path, content: bytes | str, encoding: str = "utf-8") -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_csv_in_both_encodings(tmp_path: Path, encoding: str, end: str) -> None:
    path = write(tmp_path / "a.csv", f'id,title,note{end}1,感冒灵颗粒,"a, b"{end}{end}2,板蓝根颗粒,{end}', encoding)
    assert [dict(row.values) for row in rows_of(path)] == [
        {"id": "1", "title": "感冒灵颗粒", "note": "a, b"},
        {"id": "2", "title": "板蓝根颗粒", "note": ""},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_jsonl_in_both_encodings(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": "1", "title": "感冒灵颗粒"}\n\n{"id": "2", "title": "板蓝根"}', encoding)
    assert told(rows_of(path)) == [(1, "1"), (3, "2")]


def test_knows_encoding_and_format(tmp_path: Path) -> None:
    gb = examine(write(tmp_path / "upload", '{"id": "1", "title": "感冒灵颗粒"}', "gb18030"))
    assert (gb.encoding, gb.format) == (Encoding.GB18030, Format.JSONL)
    utf = examine(write(tmp_path / "upload", "id,title\n1,感冒"))
    assert (utf.encoding, utf.format) == (Encoding.UTF_8, Format.CSV)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \r\n\n ", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"PK\x03\x04rest of a workbook", "not a text file"),
        (b"\x89PNG\r\n\x1a\n", "not a text file"),
        (b"id,title\n1,a\x00b\n", "not a text file"),
        ("id,title\n1,感冒".encode("utf-16"), "UTF-16"),
        ("id,title\n1,感冒".encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF32_BE + "id,title\n1,感冒".encode("utf-32-be"), "UTF-32"),
        ("id,title\n1,Größe für Ärzte é è".encode("latin-1"), "neither UTF-8 nor GB18030"),
        ("id,title\n1,感冒靈顆粒清熱解毒緩解鼻塞頭痛藥品".encode("big5"), "neither UTF-8 nor GB18030"),
        (b'[{"id": "1", "title": "a"}]', "one JSON list"),
    ],
)
def test_refuses_a_file_that_it_cannot_read(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        examine(write(tmp_path / "a.csv", content))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,title,colour", "Unknown column “colour”. Known columns: id, title, note."),
        ("id,note", "The header lacks “title”."),
        ("id,title,title", "Column “title” stands twice in the header."),
        ('"id,title', "The first line is too long to be a header.|Unknown column"),
    ],
)
def test_refuses_a_wrong_header(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        rows_of(write(tmp_path / "a.csv", f"{header}\n1,a,b\n"))


def test_bad_rows_are_told_and_the_others_read(tmp_path: Path) -> None:
    lines_written = [
        '{"id": "1", "title": "a"}',
        "not json",
        "[1]",
        '{"id": "4", "title": "a", "colour": "red"}',
        '{"id": "5"}',
        "[" * 100_000,
        '{"id": "7", "title": "a"}',
    ]
    assert told(rows_of(write(tmp_path / "a.jsonl", "\n".join(lines_written)))) == [
        (1, "1"),
        (2, "The line is not valid JSON."),
        (3, "The line is not a JSON object."),
        (4, "Unknown field “colour”. Known fields: id, title, note."),
        (5, "“title” is missing."),
        (6, "The line is not valid JSON."),
        (7, "7"),
    ]


def test_a_row_with_too_many_or_too_few_values_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,title\n1,a\n2\n3,a,b\n4,a\n")
    assert told(rows_of(path)) == [
        (2, "1"),
        (3, "The line has 1 values, the header 2."),
        (4, "The line has 3 values, the header 2."),
        (5, "4"),
    ]


def test_an_unclosed_quotation_mark_costs_only_its_line(tmp_path: Path) -> None:
    content = 'id,title\n1,"open\n' + "".join(f"{number},a\n" for number in range(2, 200)) + '200,"two\nlines"\n201,a\n'
    items = rows_of(write(tmp_path / "a.csv", content))
    faults = [item for item in items if isinstance(item, Fault)]
    assert [item.line for item in faults] == [2]
    assert [item.values["id"] for item in items if isinstance(item, Row)] == [str(n) for n in range(2, 202)]


def test_a_quotation_mark_within_a_cell_takes_no_other_row_along(tmp_path: Path) -> None:
    items = rows_of(write(tmp_path / "a.csv", 'id,title\n1,3.5" gauze\n2,b\n3,4" gauze\n4,"x ""y"""\n'))
    assert [row.values["title"] for row in items] == ['3.5" gauze', "b", '4" gauze', 'x "y"']


def test_a_cell_that_is_not_closed_costs_its_own_line(tmp_path: Path) -> None:
    items = rows_of(write(tmp_path / "a.csv", 'id,title\n1,"a\n2,b\n3,"c"\n4,"d\ne"\n5,f\n'))
    assert told(items) == [(2, NOT_CSV), (3, "2"), (4, "3"), (5, "4"), (7, "5")]


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    assert told(rows_of(write(tmp_path / "a.csv", f"id,title\n1,{'a' * 200_000}\n"))) == [(2, "1")]


def test_only_line_ends_end_a_row(tmp_path: Path) -> None:
    items = rows_of(write(tmp_path / "a.csv", "id,title\n1,a\u2028b\n2,c\x85d\x0ce\n3,a\rb\n"))
    assert told(items) == [(2, "1"), (3, "2"), (4, NOT_CSV)]
    assert [row.values["title"] for row in items[:2]] == ["a\u2028b", "c\x85d\x0ce"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_huge_line_is_skipped_and_told(tmp_path: Path, suffix: str) -> None:
    one = {"csv": "1,{}", "jsonl": '{{"id": "1", "title": "{}"}}'}[suffix]
    head = "id,title\n" if suffix == "csv" else ""
    content = head + one.format("a") + "\n" + one.format("x" * 3_000_000) + "\n" + one.format("b") + "\n"
    items = rows_of(write(tmp_path / f"a.{suffix}", content), longest=10_000)
    first = 2 if head else 1
    assert told(items) == [(first, "1"), (first + 1, "The line is longer than 10000 bytes."), (first + 2, "1")]
    assert items[-1].offset == len(content)
    assert len(items[1].excerpt) <= 80


def test_offsets_tell_how_far_the_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": "1", "title": "感冒"}\r\n{"id": "2", "title": "b"}')
    assert [item.offset for item in rows_of(path)] == [32, path.stat().st_size]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), suffix=st.sampled_from(["csv", "jsonl"]))
def test_no_bytes_break_it(tmp_path: Path, content: bytes, suffix: str) -> None:
    head = b"id,title\n" if suffix == "csv" else b""
    path = write(tmp_path / f"a.{suffix}", head + content)
    try:
        items = rows_of(path, longest=50)
    except ReasonError:
        return
    assert all(1 <= item.line <= content.count(b"\n") + 2 for item in items)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=30), max_size=8))
def test_lines_are_those_of_the_file(tmp_path: Path, texts: list[str]) -> None:
    content = "\n".join(texts).encode()
    found = [line.content for line in lines(write(tmp_path / "a", content), longest=1000)]
    expected = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    assert [line.removesuffix(b"\r") for line in (expected if expected[-1] else expected[:-1])] == found


def test_json_keeps_values_as_they_are(tmp_path: Path) -> None:
    values = {"id": 3, "title": ["a", "b"], "note": None}
    assert rows_of(write(tmp_path / "a.jsonl", json.dumps(values)))[0].values == values
