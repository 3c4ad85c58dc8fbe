"""What the pipeline is asked: one query with one product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.engine.attributes import Attribute, Values

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """Words read on a picture, in the four corners of `box` (pixels, clockwise from the upper left)."""

    text: str
    box: tuple[Point, ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the product, by the SHA-256 of its bytes, with the words read on it and its size in pixels.

    One that nobody has read has no words and no size: only a model that looks at it can say what it shows.
    """

    sha256: str
    words: tuple[Word, ...] = ()
    width: int = 0
    height: int = 0

    @property
    def is_read(self) -> bool:
        """Whether somebody has looked for words on it."""
        return bool(self.words or self.width)


@dataclass(frozen=True, slots=True)
class Case:
    """A query and a product's title, with what the catalogue knows of the product.

    `given` are the product's structured attributes as the merchant or the title parser filled
    them, not yet canonical. `pictures` are those that could be read, or that nobody has read yet.
    """

    query: str
    title: str
    given: Values = field(default_factory=dict)
    indication: str = ""
    pictures: tuple[Picture, ...] = ()


def case_to_json(case: Case) -> dict[str, Any]:
    """A case as plain JSON values, so that it can be judged again when the catalogue has moved on."""
    return {
        "query": case.query,
        "title": case.title,
        "given": {name.value: sorted(values) for name, values in case.given.items()},
        "indication": case.indication,
        "pictures": [_picture_to_json(picture) for picture in case.pictures],
    }


def case_from_json(data: Mapping[str, Any]) -> Case:
    """The case that `case_to_json` told."""
    return Case(
        query=data["query"],
        title=data["title"],
        given={Attribute(name): frozenset(values) for name, values in data["given"].items()},
        indication=data["indication"],
        pictures=tuple(map(_picture_from_json, data["pictures"])),
    )


def _picture_to_json(picture: Picture) -> dict[str, Any]:
    words = [
        {"text": word.text, "box": [list(point) for point in word.box], "score": word.score} for word in picture.words
    ]
    return {"sha256": picture.sha256, "words": words, "width": picture.width, "height": picture.height}


def _picture_from_json(data: Mapping[str, Any]) -> Picture:
    words = tuple(Word(one["text"], tuple((x, y) for x, y in one["box"]), one["score"]) for one in data["words"])
    return Picture(data["sha256"], words, data["width"], data["height"])
