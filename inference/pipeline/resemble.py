"""Finding wordings in what was read on a picture, where one character may have been read wrongly."""

from collections.abc import Iterable

from inference.pipeline.printed import Line
from inference.pipeline.reading import stands_in

SHORTEST = 3
"""Characters of a wording in which one may be wrong."""
SURE = 0.97
"""Score from which a word of three characters is taken as it was read."""


def lines_with(wording: str, lines: Iterable[Line]) -> list[Line]:
    """The lines that hold a wording as it is."""
    return [line for line in lines if wording in line.text and stands_in(wording, line.text)]


def lines_like(wording: str, lines: Iterable[Line]) -> list[Line]:
    """The lines that hold a wording but for one character, unless what they hold is a name of something else."""
    if len(wording) < SHORTEST or wording.isascii():
        return []
    return [line for line in lines if _is_like(wording, line)]


def _is_like(wording: str, line: Line) -> bool:
    text, length = line.text, len(wording)
    if sum(char in text for char in wording) < length - 1:
        return False
    if length == SHORTEST and line.score >= SURE:
        return False
    for start in range(len(text) - length + 1):
        wrong = [at for at in range(length) if text[start + at] != wording[at]]
        if len(wrong) <= 1 and not (wrong and _is_meant(start + wrong[0], line)):
            return True
    return length > SHORTEST and any(wording[:at] + wording[at + 1 :] in text for at in range(1, length - 1))


def _is_meant(at: int, line: Line) -> bool:
    """Whether the character at a place makes a known word of what stands there, so that it was read rightly."""
    return any(hit.start <= at < hit.end and hit.end - hit.start > 1 for hit in (*line.names, *line.forms))


def share_in(wording: str, text: str) -> float:
    """Share of a wording's character pairs that a text has."""
    pairs = {wording[at : at + 2] for at in range(len(wording) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0
