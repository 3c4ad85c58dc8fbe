"""CSV records out of lines: which lines belong together, and the cells of a record."""

import csv
import io
from collections import deque
from collections.abc import Iterator

from annotation.lines import LONGEST_LINE, Line, is_blank

LINES_OF_A_RECORD = 50

csv.field_size_limit(LONGEST_LINE)


def records(texts: Iterator[Line], longest: int) -> Iterator[Line]:
    """CSV records: lines joined while a quoted cell is open. One that is never closed costs only its own line."""
    waiting: deque[Line] = deque()
    while line := waiting.popleft() if waiting else next(texts, None):
        if line.content is None or not leaves_open(line.content):
            if not is_blank(line):
                yield line
            continue
        parts = [line, *gathered(line, waiting, texts, longest)]
        whole = b"\n".join(part.content or b"" for part in parts)
        if is_csv(whole):
            yield Line(line.number, parts[-1].offset, whole)
        else:
            waiting.extendleft(reversed(parts[1:]))
            yield line


def gathered(first: Line, waiting: deque[Line], texts: Iterator[Line], longest: int) -> list[Line]:
    """The lines after one with an open quoted cell, up to the one that closes it or to the bounds."""
    found: list[Line] = []
    size = len(first.content or b"")
    while len(found) < LINES_OF_A_RECORD and (line := waiting.popleft() if waiting else next(texts, None)):
        found.append(line)
        size += len(line.content or b"")
        if line.content is None or size > longest or not leaves_open(line.content, inside=True):
            break
    return found


def leaves_open(line: bytes, *, inside: bool = False) -> bool:
    """Whether a quoted cell is open at the end of a line, which may begin `inside` one.

    Only a mark at its beginning quotes a cell. In UTF-8 and in GB18030 the bytes of marks and commas are nothing else.
    """
    if b'"' not in line:
        return inside
    at = 0
    while True:
        if inside or line[at : at + 1] == b'"':
            at = closing_mark(line, at if inside else at + 1)
            if at < 0:
                return True
        inside = False
        at = line.find(b",", at) + 1
        if not at:
            return False


def closing_mark(line: bytes, at: int) -> int:
    """Where the quoted cell ends whose content goes on at `at`; -1 where it does not. Two marks stand for one."""
    at = line.find(b'"', at)
    while at >= 0 and line[at + 1 : at + 2] == b'"':
        at = line.find(b'"', at + 2)
    return at


def cells_of(text: str) -> list[str]:
    """The cells of one CSV record. Raises csv.Error."""
    return next(csv.reader(io.StringIO(text, newline="\n"), strict=True))


def is_csv(record: bytes) -> bool:
    """Whether a record of several lines is sound; its characters do not matter here."""
    try:
        cells_of(record.decode("latin-1"))
    except csv.Error:
        return False
    return True
