"""Names in a query that the lexicon lacks, made of unknown characters and known words beside them."""

from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Entry, Hit, Kind
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


def mended_forms(text: str, forms: list[Hit], rest: list[tuple[int, int, str]], lexicon: Lexicon) -> list[Hit]:
    """The dosage forms, a mistyped one as it was meant: 肠容片 with 肠容 unknown is 肠溶片."""
    unknown = {end: start for start, end, _ in rest}
    return [_mended(text, hit, unknown.get(hit.start, hit.start), lexicon) for hit in forms]


def _mended(text: str, hit: Hit, start: int, lexicon: Lexicon) -> Hit:
    """A form with the unknown word in front of it, two characters or more, of which one may be wrong."""
    form = lexicon.form_slips.meant(text[start : hit.end]) if hit.start - start > 1 else ""
    return Hit(start, hit.end, (Entry(Kind.FORM, form),)) if form else hit


def with_mended_names(
    hits: list[Hit], rest: list[tuple[int, int, str]], lexicon: Lexicon
) -> tuple[list[Hit], list[tuple[int, int, str]]]:
    """The hits with the medicines that unknown words were meant for. Where no goods are named otherwise, a word
    may have a brand in front of one."""
    named = any(kinds_named(hit) & {Kind.MEDICINE, Kind.CATEGORY} for hit in hits)
    mended, left = list(hits), []
    for start, end, word in rest:
        whole = lexicon.medicine_slips.meant(word), 0
        medicine, at = whole if named else lexicon.medicine_slips.meant_at_end(word)
        at = at if medicine else len(word)
        if medicine:
            mended.append(Hit(start + at, end, (Entry(Kind.MEDICINE, medicine),)))
        if at > 0:
            left.append((start, start + at, word[:at]))
    return sorted(mended, key=lambda hit: hit.start), left
