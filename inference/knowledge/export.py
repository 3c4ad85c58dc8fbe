"""The knowledge in use as the files it is shipped in, so that corrections can flow back into them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from inference.knowledge.overlay import Record, by_name, content_of
from inference.knowledge.records import Kind
from inference.knowledge.sources import FILES
from inference.knowledge.tables import Row, Tables, rows_of, word

SOURCE = "source"
Sources = Mapping[tuple[Kind, str], str]
"""Where entries come from that the files do not have as they are."""


def exported(tables: Tables, shipped: Tables, sources: Sources) -> dict[str, str]:
    """The text of every file by name. A row that says what it said stays as it is written, a withdrawn one is gone.

    A new entry comes last in the file of its kind; where a kind has several files, in one of its own.
    """
    return {name: text for kind in FILES for name, text in files_of(kind, tables, shipped, sources)}


def files_of(kind: Kind, tables: Tables, shipped: Tables, sources: Sources) -> Iterator[tuple[str, str]]:
    """The files of one kind, each by its name."""
    folder, pattern, column = FILES[kind]
    now, was = by_name(tables, kind), by_name(shipped, kind)
    added: list[Row] = [rewritten(kind, now[name], column, name, sources) for name in now if name not in was]
    paths = sorted(folder.glob(pattern))
    written: set[str] = set()
    for path in paths:
        rows = list(kept(path, kind, now, was, sources, written))
        yield path.name, told(header_of(path), rows + (added if len(paths) == 1 else []))
    if added and len(paths) > 1:
        yield pattern.replace("*", "_added"), told(header_of(paths[0]), added)


def kept(
    path: Path, kind: Kind, now: Mapping[str, Record], was: Mapping[str, Record], sources: Sources, written: set[str]
) -> Iterator[Row]:
    """The rows of a file whose entries are in use, those corrected as they are now; each corrected one once."""
    column = FILES[kind][2]
    for row in rows_of(path):
        name = word(row, column)
        if name not in now or name in written:
            continue
        if now[name] == was[name]:
            yield row
            continue
        written.add(name)
        yield {**row, **rewritten(kind, now[name], column, name, sources)}


def rewritten(kind: Kind, record: Record, column: str, name: str, sources: Sources) -> dict[str, str]:
    """An entry as a row; what its record does not have, as its English name, is left to the row it had."""
    content = content_of(record)
    cells = {field: value if isinstance(value, str) else "|".join(value) for field, value in content.items()}
    return {**cells, column: name, SOURCE: sources.get((kind, name), "")}


def header_of(path: Path) -> list[str]:
    """The names of the columns of a file."""
    with path.open(encoding="utf-8") as file:
        return file.readline().rstrip("\n").split("\t")


def told(header: Sequence[str], rows: Sequence[Row]) -> str:
    """A file's text; the column of sources is there where a row needs it."""
    columns = [*header, *([SOURCE] if SOURCE not in header and any(row.get(SOURCE) for row in rows) else [])]
    lines = ["\t".join(columns), *("\t".join(cell(row, column) for column in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def cell(row: Row, column: str) -> str:
    """One cell, without what would end it."""
    return " ".join((row.get(column) or "").split())
