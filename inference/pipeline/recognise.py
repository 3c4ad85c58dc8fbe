"""Which stretches of a query are words of the lexicon, dosage forms or strengths, and what is left."""

from collections.abc import Collection, Iterator
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

    def without(self, spans: Collection[tuple[int, int]]) -> "Recognised":
        """The query with nothing seen in `spans`."""
        inside = {at for start, end in spans for at in range(start, end)}

        def outside(start: int, end: int) -> bool:
            return inside.isdisjoint(range(start, end))

        names = [hit for hit in self.names if outside(hit.start, hit.end)]
        forms = [hit for hit in self.forms if outside(hit.start, hit.end)]
        strengths = [one for one in self.strengths if outside(one[0], one[1])]
        return _of(self.text, names, forms, strengths, spans)

    @property
    def hits(self) -> Iterator[Hit]:
        """Names and forms."""
        yield from self.names
        yield from self.forms


def recognise(text: str, lexicon: Lexicon) -> Recognised:
    """The known and the unknown words of a normalised query."""
    names = read_names(text, lexicon)
    forms = read_forms(text, lexicon, names)
    return _of(text, names, forms, list(read_strengths(text)))


def _of(
    text: str,
    names: list[Hit],
    forms: list[Hit],
    strengths: list[tuple[int, int, str]],
    besides: Collection[tuple[int, int]] = (),
) -> Recognised:
    """A query with what is left beside its known words and the stretches `besides`."""
    known = [(hit.start, hit.end) for hit in (*names, *forms)] + [(start, end) for start, end, _ in strengths]
    known += besides
    return Recognised(text, names, forms, strengths, without_salts(leftovers(text, known), names))
