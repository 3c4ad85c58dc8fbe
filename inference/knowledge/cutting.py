"""Cutting the text of a document into passages of bounded length, at the ends of sentences. Pure."""

import re
from collections.abc import Iterator

LONGEST_PASSAGE = 600
"""Characters. Shorter passages lose what belongs together; longer ones answer less exactly."""
SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]*")


def cut(text: str, longest: int = LONGEST_PASSAGE) -> tuple[str, ...]:
    """The text in order, whole sentences together as far as they fit; a sentence too long for one is broken."""
    parts: list[str] = []
    held = ""
    for sentence in pieces(text, longest):
        if held and len(held) + len(sentence) > longest:
            parts.append(held)
            held = ""
        held += sentence
    return tuple(part for raw in (*parts, held) if (part := raw.strip()))


def pieces(text: str, longest: int) -> Iterator[str]:
    """Sentences with their ends, none longer than `longest`."""
    for match in SENTENCE.finditer(text):
        for start in range(0, len(match[0]), longest):
            yield match[0][start : start + longest]
