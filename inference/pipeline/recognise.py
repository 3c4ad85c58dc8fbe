"""Which stretches of a query are words of the lexicon, dosage forms or strengths, and what is left."""

from collections.abc import Iterator
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit
from inference.pipeline.reading import Rest, leftovers, read_forms, read_names, read_strengths, without_salts


@dataclass(frozen=True, slots=True)
class Recognised:
    """A normalised query as far as its words are known. `rest` are the words that are not."""

    text: str
    names: list[Hit]
    forms: list[Hit]
    strengths: list[tuple[int, int, str]]
    rest: Rest

    @property
    def hits(self) -> Iterator[Hit]:
        """Names and forms."""
        yield from self.names
        yield from self.forms


def recognise(text: str, lexicon: Lexicon) -> Recognised:
    """The known and the unknown words of a normalised query."""
    names = read_names(text, lexicon)
    forms = read_forms(text, lexicon, names)
    strengths = list(read_strengths(text))
    known = [(hit.start, hit.end) for hit in (*names, *forms)] + [(start, end) for start, end, _ in strengths]
    return Recognised(text, names, forms, strengths, without_salts(leftovers(text, known), names))
