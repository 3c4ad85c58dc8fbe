"""A line of a file of picture readings, checked. Pure."""

import json
import math
import re
from typing import Any

DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_LINE = 1_000_000
LONGEST_ENGINE = 40
LONGEST_FAILURE = 200
LONGEST_TEXT = 1000
MOST_WORDS = 2000
LARGEST = 1_000_000
CORNERS = 4


class NotAReadingError(Exception):
    """A line is no reading of a picture."""


def reading_of_line(line: bytes) -> dict[str, Any]:
    """The fields of a reading. Raises NotAReadingError for anything that is none."""
    try:
        row = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise NotAReadingError
    need(isinstance(row.get("sha256"), str) and DIGEST.fullmatch(row["sha256"]))
    words = row.get("words")
    need(isinstance(words, list) and len(words) <= MOST_WORDS)
    return {
        "sha256": row["sha256"],
        "engine": text(row.get("engine"), LONGEST_ENGINE, least=1),
        "width": whole(row.get("width", 0)),
        "height": whole(row.get("height", 0)),
        "words": [word_of(word) for word in words or ()],
        "failure": text(row.get("failure", ""), LONGEST_FAILURE),
        "seconds": number(row.get("seconds", 0)),
    }


def need(holds: object) -> None:
    """Raise NotAReadingError unless it holds."""
    if not holds:
        raise NotAReadingError


def word_of(word: Any) -> dict[str, Any]:
    """One word with its four corners."""
    need(isinstance(word, dict))
    box = word.get("box")
    need(isinstance(box, list) and len(box) in (0, CORNERS))
    need(all(isinstance(point, list) and len(point) == 2 for point in box))
    return {
        "text": text(word.get("text"), LONGEST_TEXT, least=1),
        "box": [[number(x), number(y)] for x, y in box],
        "score": number(word.get("score", 1.0)),
    }


def text(value: Any, most: int, *, least: int = 0) -> str:
    """A text of some length that a database takes."""
    need(isinstance(value, str) and least <= len(value) <= most and "\0" not in value)
    need(not any("\ud800" <= char <= "\udfff" for char in value))
    return str(value)


def number(value: Any) -> float:
    """A finite number of some size."""
    need(isinstance(value, int | float) and not isinstance(value, bool))
    need(math.isfinite(value) and abs(value) <= LARGEST)
    return float(value)


def whole(value: Any) -> int:
    """A whole number of pixels."""
    need(isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST)
    return int(value)
