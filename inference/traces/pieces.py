"""Text cut at the words that were recognised in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.engine.attributes import Attribute

Json = Mapping[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `attributes` and `values` are empty where nothing was recognised in it.

    `look` is `trick` for words of a title that don't count, `excluded` for what a query rules out, else empty.
    """

    text: str
    attributes: tuple[Attribute, ...] = ()
    values: tuple[str, ...] = ()
    look: str = ""


def marked(
    text: str, mentions: Sequence[Json], tricks: Sequence[Json] = (), excluded: Sequence[Json] = ()
) -> tuple[Piece, ...]:
    """`text` cut at the words recognised; of words that overlap those marked are tricks, what is excluded, the widest."""
    taken: list[tuple[Span, Piece]] = []
    for look, ones in (("trick", tricks), ("excluded", excluded), ("", mentions)):
        taken += _placed(text, ones, look, [span for span, _ in taken])
    pieces, at = [], 0
    for (start, end), piece in sorted(taken, key=lambda one: one[0]):
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(piece)
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def _placed(text: str, ones: Sequence[Json], look: str, taken: Sequence[Span]) -> list[tuple[Span, Piece]]:
    """The pieces of some words, each where no other piece is; where they overlap, the earlier, then the widest."""
    spans: dict[Span, list[Json]] = {}
    for one in ones:
        if one.get("origin", "text") == "text" and one["end"] > one["start"]:
            spans.setdefault((one["start"], one["end"]), []).append(one)
    found, at = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at or any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        said = spans[start, end]
        attributes = tuple(dict.fromkeys(Attribute(one["attribute"]) for one in said))
        values = tuple(dict.fromkeys(one["value"] for one in said))
        found.append(((start, end), Piece(text[start:end], attributes, values, look)))
        at = end
    return found
