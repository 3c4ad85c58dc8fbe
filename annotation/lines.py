"""The lines of a file as a stream of bytes, however long one is."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotation.encoding import chunks

LONGEST_LINE = 1_000_000
"""Bytes of a line that are still read."""
EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Line:
    """A line of bytes without its end, or None for one beyond the bound. `offset` is where the next begins."""

    number: int
    offset: int
    content: bytes | None
    beginning: bytes = b""


def lines(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """The lines of a file. In UTF-8 and in GB18030 a newline byte is a newline and nothing else."""
    number = 1
    offset = 0
    held = b""
    dropping = False
    for chunk in chunks(path):
        *whole, rest = (held + chunk).split(b"\n")
        for content in whole:
            offset += len(content) + 1
            yield bounded(number, offset, content, longest, dropped=dropping)
            number, dropping = number + 1, False
        held = rest
        if len(held) > longest:
            offset += len(held) - EXCERPT
            held, dropping = held[:EXCERPT], True
    if held or dropping:
        yield bounded(number, offset + len(held), held, longest, dropped=dropping)


def bounded(number: int, offset: int, content: bytes, longest: int, *, dropped: bool) -> Line:
    """A line, without its content when that is too long."""
    content = content.removesuffix(b"\r")
    if dropped or len(content) > longest:
        return Line(number, offset, None, content[:EXCERPT])
    return Line(number, offset, content.removeprefix(codecs.BOM_UTF8) if number == 1 else content)


def is_blank(line: Line) -> bool:
    """Whether there is nothing on it."""
    return line.content is not None and not line.content.strip()
