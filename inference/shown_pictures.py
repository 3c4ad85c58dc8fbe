"""How a picture reads on a page: its words as boxes, coloured by what they decided, and the table beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.models import ProductImage
from inference.models import PictureReading
from inference.pipeline.steps import Consistency
from rules.engine.attributes import Attribute

Json = Mapping[str, Any]

FAILURES = {
    "not_an_image": gettext_noop("The file is not a readable JPEG, PNG or WebP."),
    "too_large": gettext_noop("The picture has too many pixels to be read."),
    "missing_file": gettext_noop("The file of the picture is no longer there."),
    "too_slow": gettext_noop("Reading the picture took too long and was stopped."),
    "died": gettext_noop("The reader ended while it read the picture."),
    "engine": gettext_noop("The reader could not read the picture."),
}
WORST_FIRST = (Consistency.INCONSISTENT, Consistency.PARTLY, Consistency.CONSISTENT, Consistency.NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class Box:
    """A word on a picture. `points` are its corners for SVG; `look` is a Consistency, or empty for a word that decided
    nothing; `attributes` are those it decided."""

    points: str
    text: str
    look: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute of the table: what the title says, what the picture shows."""

    attribute: Attribute
    consistency: Consistency
    title: tuple[str, ...]
    picture: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with what was read on it. `state` is `read`, `failed` (`why` in words) or `unread`."""

    sha256: str
    name: str
    state: str
    why: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    rows: tuple[Row, ...]
    engine: str
    seconds: float


def shown_picture(
    *, sha256: str, image: ProductImage | None, reading: PictureReading | None, matches: Iterable[Json] = ()
) -> ShownPicture:
    """A picture for a page, from its file, its reading and the JSON of its attribute matches, as far as there are any."""
    found = list(matches)
    words: Sequence[Json] = reading.words if reading else ()
    state = "unread" if reading is None else "failed" if reading.failure else "read"
    return ShownPicture(
        sha256=sha256,
        name=(image.file.name or "") if image else "",
        state=state,
        why=_(FAILURES.get(reading.failure, FAILURES["engine"])) if reading and reading.failure else "",
        width=reading.width if reading else 0,
        height=reading.height if reading else 0,
        boxes=tuple(_box(number, word, found) for number, word in enumerate(words) if word["box"]),
        rows=rows_of(found),
        engine=reading.engine if reading else "",
        seconds=reading.seconds if reading else 0.0,
    )


def rows_of(matches: Iterable[Json]) -> tuple[Row, ...]:
    """The rows of a table from the JSON of attribute matches."""
    return tuple(
        Row(Attribute(one["attribute"]), Consistency(one["consistency"]), tuple(one["title"]), tuple(one["picture"]))
        for one in matches
    )


def _box(number: int, word: Json, matches: Iterable[Json]) -> Box:
    deciding = [one for one in matches if number in one["words"]]
    looks = {Consistency(one["consistency"]) for one in deciding}
    return Box(
        points=" ".join(f"{x:g},{y:g}" for x, y in word["box"]),
        text=word["text"],
        look=next((look.value for look in WORST_FIRST if look in looks), ""),
        attributes=tuple(Attribute(one["attribute"]) for one in deciding),
    )
