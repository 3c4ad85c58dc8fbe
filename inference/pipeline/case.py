"""What the pipeline is asked: one query with one product."""

from dataclasses import dataclass, field

from rules.engine.attributes import Values

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """Words read on a picture, in the four corners of `box` (pixels, clockwise from the upper left)."""

    text: str
    box: tuple[Point, ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the product, by the SHA-256 of its bytes, with the words read on it and its size in pixels."""

    sha256: str
    words: tuple[Word, ...] = ()
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A query and a product's title, with what the catalogue knows of the product.

    `given` are the product's structured attributes as the merchant or the title parser filled
    them, not yet canonical. `pictures` are those that have been read.
    """

    query: str
    title: str
    given: Values = field(default_factory=dict)
    indication: str = ""
    pictures: tuple[Picture, ...] = ()
