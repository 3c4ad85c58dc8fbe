"""Texts that try to instruct the model that judges them. Found or not, no hard effect depends on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from inference.pipeline.case import Case
from inference.pipeline.disguises import decoded, readings
from inference.pipeline.instructing_words import ANSWERS, BREAKS, OVERRULES, SPEAKS, compiled
from inference.pipeline.model_part import Flag, FlagKind
from inference.pipeline.steps import PassageUse

PATTERNS = (
    (FlagKind.BREAKS, compiled(BREAKS)),
    (FlagKind.OVERRULES, compiled(OVERRULES)),
    (FlagKind.ANSWERS, compiled(ANSWERS)),
    (FlagKind.SPEAKS, compiled(SPEAKS)),
)
LONGEST_WORDS = 80
"""Characters of the words found that are kept."""
DEEPEST = 2
"""Encodings within each other that are undone."""
TEXTS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a text that instruct; of those in an encoding, as they read when it is undone."""

    kind: FlagKind
    words: str
    encoded: bool = False


def flags_of(case: Case, passages: Iterable[PassageUse] = (), shown: Iterable[str] = ()) -> tuple[Flag, ...]:
    """Every text of a case that tries to instruct: the first words of it that do. `shown` are passages as a stage read
    them, whatever became of them.
    """
    flags = []
    for where, text in (*_texts(case, passages), *(("passage", one) for one in shown)):
        found = instruction_in(text)
        if found is not None:
            flags.append(Flag(where, found.kind, found.words, found.encoded))
    return tuple(dict.fromkeys(flags))


def _texts(case: Case, passages: Iterable[PassageUse]) -> Iterator[tuple[str, str]]:
    """Every text of which a model may read something, with the name of its place."""
    yield "query", case.query
    yield "title", case.title
    for value in sorted(value for values in case.given.values() for value in values):
        yield "attribute", value
    yield "indication", case.indication
    for picture in case.pictures:
        yield "picture", " ".join(word.text for word in picture.words)
    for passage in passages:
        if passage.kept:
            yield "passage", f"{passage.title} {passage.heading} {passage.source} {passage.excerpt}"


@lru_cache(maxsize=TEXTS_KEPT)
def instruction_in(text: str) -> Found | None:
    """The first words of a text that instruct, in clear or in an encoding; None where it does not."""
    clear = _in_clear(text)
    return clear or _in_code(text, DEEPEST)


def _in_clear(text: str, *, encoded: bool = False) -> Found | None:
    for reading in readings(text):
        for kind, pattern in PATTERNS:
            if match := pattern.search(reading):
                return Found(kind, match[0].strip()[:LONGEST_WORDS], encoded)
    return None


def _in_code(text: str, depth: int) -> Found | None:
    """What instructs in the encodings of a text, however deep."""
    if not depth:
        return None
    for words in decoded(text):
        found = _in_clear(words, encoded=True) or _in_code(words, depth - 1)
        if found is not None:
            return found
    return None
