"""What stands printed on a picture: the words read on it, put together to lines, with the names found in them."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit
from inference.knowledge.traditional import simplified
from inference.knowledge.words import COMPANY_WORDS
from inference.pipeline.case import Picture, Word
from inference.pipeline.reading import read_forms, read_names
from rules.engine.text import normalise

CHINESE = re.compile(r"[\u3400-\u9fff]")
COMPANY = re.compile("(?:" + "|".join(re.escape(word) for word in COMPANY_WORDS if len(word) > 1) + r")[\s)。.]*$")
SPACES = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
MOST_WORDS = 150
"""Words of a picture that are looked at, the largest first."""
LONGEST_WORD = 100
MOST_CHARACTERS = 3000
"""Characters of all lines together that are looked at, the largest lines first."""
MOST_JOINED = 4
MOST_STACKED = 10
"""Single characters one below the other that may make a line."""
READABLE = 0.6
"""Score from which a word's size counts for the largest of the picture."""
PICTURES_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """A word as it was read, or neighbouring words as one. `size` is its height as a share of the largest text."""

    text: str
    words: tuple[int, ...]
    size: float
    score: float
    names: tuple[Hit, ...]
    forms: tuple[Hit, ...]

    @property
    def chinese(self) -> int:
        """How many Chinese characters it has."""
        return len(CHINESE.findall(self.text))

    @property
    def is_company(self) -> bool:
        """Whether it ends as the name of a firm does."""
        return COMPANY.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Printed:
    """Every line of a picture, the largest first."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands: its edges, and the height of its letters."""

    left: float
    top: float
    right: float
    bottom: float
    height: float


Gap = Callable[[Place, Place], float | None]
"""How far one place is from another, None where it does not follow it."""
_kept: "WeakKeyDictionary[Lexicon, dict[Picture, Printed]]" = WeakKeyDictionary()


def printed_on(picture: Picture, lexicon: Lexicon) -> Printed:
    """The lines of a picture. A picture is looked at once, however many pairs its product is in."""
    kept = _kept.setdefault(lexicon, {})
    found = kept.get(picture)
    if found is None:
        if len(kept) >= PICTURES_KEPT:
            kept.clear()
        found = kept[picture] = _printed(picture, lexicon)
    return found


def _printed(picture: Picture, lexicon: Lexicon) -> Printed:
    texts = [_text(word) for word in picture.words]
    places = [_place(word) for word in picture.words]
    order = sorted((i for i, text in enumerate(texts) if text), key=lambda i: -places[i].height)[:MOST_WORDS]
    largest = _largest(picture, texts, places, order)
    sizes = {
        chain: min(min(places[i].height for i in chain) / largest, 1.0)
        for chain in _chains(texts, places, sorted(order))
    }
    lines, characters = [], 0
    for chain in sorted(sizes, key=lambda chain: (-sizes[chain], chain)):
        text = "".join(texts[i] for i in chain)
        if (characters := characters + len(text)) > MOST_CHARACTERS:
            break
        names = tuple(read_names(text, lexicon))
        forms = tuple(read_forms(text, lexicon, names))
        lines.append(Line(text, chain, sizes[chain], min(picture.words[i].score for i in chain), names, forms))
    return Printed(tuple(lines))


def _text(word: Word) -> str:
    return SPACES.sub("", simplified(normalise(word.text[:LONGEST_WORD])))


def _largest(picture: Picture, texts: list[str], places: list[Place], order: list[int]) -> float:
    """The height of the largest Chinese text that was read well: letters of logos are larger at times."""
    heights = [
        places[i].height for i in order if len(CHINESE.findall(texts[i])) >= 2 and picture.words[i].score >= READABLE
    ]
    return max(heights or [places[i].height for i in order] or [1.0]) or 1.0


def _place(word: Word) -> Place:
    """The place of a word; one without a box stands nowhere, in letters of one height."""
    if len(word.box) < 4:
        return Place(-1e9, -1e9, -1e9, -1e9, 1.0)
    xs, ys = [x for x, _ in word.box], [y for _, y in word.box]
    sides = math.dist(word.box[0], word.box[1]), math.dist(word.box[1], word.box[2])
    return Place(min(xs), min(ys), max(xs), max(ys), min(sides))


def _chains(texts: list[str], places: list[Place], order: list[int]) -> Iterator[tuple[int, ...]]:
    """Every word alone, words side by side, and words one below the other, as tuples of indices."""
    right = {i: j for i in order if (j := _next(i, order, places, _beside)) is not None}
    below = {i: j for i in order if (j := _next(i, order, places, _under)) is not None}
    for start in order:
        yield (start,)
        yield from _followed(start, right, MOST_JOINED)
        stacked = MOST_STACKED if len(texts[start]) == 1 else MOST_JOINED - 1
        yield from _followed(start, below, stacked)


def _followed(start: int, after: dict[int, int], most: int) -> Iterator[tuple[int, ...]]:
    chain = [start]
    while len(chain) < most and (found := after.get(chain[-1])) is not None and found not in chain:
        chain.append(found)
        yield tuple(chain)


def _next(i: int, order: list[int], places: list[Place], gap: Gap) -> int | None:
    """The nearest word that follows another one, in letters of about its height."""
    here = places[i]
    if here.left <= -1e9:
        return None
    best, least = None, math.inf
    for j in order:
        there = places[j]
        if j == i or not 0.6 <= there.height / max(here.height, 1e-9) <= 1.67:
            continue
        distance = gap(here, there)
        if distance is not None and distance < least:
            best, least = j, distance
    return best


def _beside(here: Place, there: Place) -> float | None:
    """How far to the right a word stands on the same line."""
    shared = min(here.bottom, there.bottom) - max(here.top, there.top)
    gap = there.left - here.right
    on_line = shared >= 0.5 * min(here.bottom - here.top, there.bottom - there.top)
    return gap if on_line and -0.4 * here.height <= gap <= 1.2 * here.height and there.left > here.left else None


def _under(here: Place, there: Place) -> float | None:
    """How far below a word stands in the same column."""
    shared = min(here.right, there.right) - max(here.left, there.left)
    gap = there.top - here.bottom
    in_column = shared >= 0.5 * min(here.right - here.left, there.right - there.left)
    return gap if in_column and -0.4 * here.height <= gap <= 0.9 * here.height and there.top > here.top else None
