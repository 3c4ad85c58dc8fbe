"""Names in a query that the lexicon lacks, made of unknown characters and known words beside them."""

from dataclasses import dataclass

from inference.knowledge.records import Hit, Kind
from inference.pipeline.reading import kinds_named

PARTS = frozenset({Kind.MEDICINE, Kind.EFFICACY, Kind.NEED, Kind.CATEGORY})
"""Kinds of words that may be the first part of a longer name."""
PREFIXES = frozenset({"复方", "加味", "人工", "复合", "甲基"})
LETTERS = frozenset("左右地去异氟氯溴碘甲乙丙丁戊苯羟氨硫磷单双二三四五六环新大小正仲伪反顺艾埃依奥昔")
"""Words and single characters that make another medicine of the name behind them."""


@dataclass(frozen=True, slots=True)
class CompositeName:
    """A name the lexicon lacks, with the hits that are part of it."""

    start: int
    end: int
    hits: tuple[Hit, ...]


def composite_names(hits: list[Hit], forms: list[Hit], rest: list[tuple[int, int, str]]) -> list[CompositeName]:
    """Unknown characters that a dosage form follows, with the words they continue (维c清脂|片), and
    what makes another medicine of the one behind it (左|西替利嗪)."""
    inside = {at for hit in hits for at in range(hit.start, hit.end)}
    form_starts = {hit.start for hit in forms} - inside
    starting = {hit.start: hit for hit in hits}
    found = []
    for start, end, word in rest:
        hit = starting.get(end)
        if end in form_starts and len(word) > 1:
            parts = _continued(start, hits)
            found.append(CompositeName(parts[-1].start if parts else start, end, parts))
        elif hit and Kind.MEDICINE in kinds_named(hit) and word in PREFIXES | LETTERS:
            found.append(CompositeName(start, hit.end, (hit,)))
    return found


def _continued(start: int, hits: list[Hit]) -> tuple[Hit, ...]:
    """The words of a name that touch each other and end at `start`, backwards; a brand is none of them."""
    ending = {hit.end: hit for hit in hits}
    parts = []
    while (hit := ending.get(start)) and kinds_named(hit) & PARTS and Kind.BRAND not in kinds_named(hit):
        parts.append(hit)
        start = hit.start
    return tuple(parts)
