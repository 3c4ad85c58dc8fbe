"""Title tricks and the standard name by a model (SI): what is said of a title counts as far as the title bears it out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.attribute_words import LABELS
from inference.pipeline.case import Case
from inference.pipeline.check_product import blanked
from inference.pipeline.fence import fenced
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.model_stages.shapes import asked, read_shape, usable, words
from inference.pipeline.model_stages.standard import NamedParts, standard_of
from inference.pipeline.prompts import prompt
from inference.pipeline.reading import Reading, cuts_word
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Trick
from inference.pipeline.told import Note, Unit
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

MOST_TRICKS = 12
LONGEST_WORDS = 60
LONGEST_GIVEN = 200
MOST_GIVEN = 24
MOST_PLACES = 20


class TrickKind(StrEnum):
    """The tricks that a model may find; what the catalogue contradicts is found without one."""

    FOREIGN_BRAND = "foreign_brand"
    COMPARISON = "comparison"
    RAW_MATERIAL = "raw_material"
    STUFFED_NAME = "stuffed_name"
    STUFFED_FORM = "stuffed_form"
    STUFFED_USE = "stuffed_use"
    STUFFED_POPULATION = "stuffed_population"


CLAIMED = {
    TrickKind.FOREIGN_BRAND: Attribute.BRAND,
    TrickKind.COMPARISON: Attribute.BRAND,
    TrickKind.RAW_MATERIAL: Attribute.BRAND,
    TrickKind.STUFFED_NAME: Attribute.CORE_NAME,
    TrickKind.STUFFED_FORM: Attribute.DOSAGE_FORM,
    TrickKind.STUFFED_USE: Attribute.EFFICACY,
    TrickKind.STUFFED_POPULATION: Attribute.POPULATION,
}
"""What words of each kind claim."""


class Claim(BaseModel):
    """Words of the title, as they stand there, that claim what is not the product's own."""

    words: words(LONGEST_WORDS)  # type: ignore[valid-type]
    kind: TrickKind


class Reply(BaseModel):
    """What a model says of a title: its standard name in parts, then the words that are not its own."""

    brand: words(LONGEST_WORDS) = ""  # type: ignore[valid-type]
    name: words(LONGEST_WORDS)  # type: ignore[valid-type]
    form: words(LONGEST_WORDS) = ""  # type: ignore[valid-type]
    strength: words(LONGEST_WORDS) = ""  # type: ignore[valid-type]
    tricks: usable(Claim, MOST_TRICKS) = ()  # type: ignore[valid-type]


class Why(StrEnum):
    """Why something that a model said of a title was left out."""

    NOT_THERE = "not_there"
    OWN_NAME = "own_name"
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said of a title: the parts of its standard name, and words with the kind of trick they are."""

    brand: str = ""
    name: str = ""
    form: str = ""
    strength: str = ""
    tricks: tuple[tuple[str, TrickKind], ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the title bears out: tricks that stand in it, the standard name; and what became of all that was said."""

    tricks: tuple[Trick, ...] = ()
    standard_name: str = ""
    notes: tuple[Note, ...] = ()


def context_of(case: Case) -> tuple[str, ...]:
    """What the catalogue gives of the product, a line each, in one order however it came."""
    given = (
        f"{attribute.value}={value}"
        for attribute, values in sorted(case.given.items())
        for value in sorted(values)
        if value.strip()
    )
    told = (f"indication={case.indication}",) if case.indication.strip() else ()
    return tuple(line[:LONGEST_GIVEN] for line in (*list(given)[:MOST_GIVEN], *told))


def request_of(unit: Unit, settings: ModelSettings) -> ChatRequest:
    """What a model is asked of a title (`unit.text`) with what the catalogue gives (`unit.context`)."""
    said = prompt(Stage.PRODUCT.value, settings.language)
    labels = LABELS[settings.language]
    lines = [f"{said.words('title')}: {unit.text}"]
    for given in unit.context:
        name, _equals, value = given.partition("=")
        label = labels(Attribute(name)) if name in set(Attribute) else said.words("indication")
        lines.append(f"{said.words('given')} ({label}): {value}")
    own = said.words("own", product=fenced("product", lines))
    return asked(said, settings, Reply, own, said.words("shared"))


def read(text: str, finish_reason: str = "stop") -> Told | Fault:
    """What a reply says of a title, not yet held against it."""
    reply = read_shape(Reply, text, finish_reason)
    if isinstance(reply, Fault):
        return reply
    tricks = tuple(dict.fromkeys((one.words, one.kind) for one in reply.tricks if one.words))
    return Told(reply.brand, reply.name, reply.form, reply.strength, tricks)


def checked(told: Told, product: Reading, case: Case, lexicon: Lexicon) -> Checked:
    """What the title bears out. A trick that would leave the product without its own name is none.

    Words that the reading knows for claims already bear nothing out.
    """
    product = replace(product, text=blanked(product.text, product.claimed))
    parts = NamedParts(*(normalise(one) for one in (told.brand, told.name, told.form, told.strength)))
    name, unborne = standard_of(parts, product, case, lexicon)
    own = list(_own_places(parts, product))
    tricks: list[Trick] = []
    notes = [Note(one, kept=False, why=Why.NOT_THERE.value) for one in unborne]
    for claimed, kind in told.tricks:
        said = normalise(claimed)
        places = list(_places(said, product.text))
        free = [place for place in places if not _meets(place, own)]
        fresh = [place for place in free if not _meets(place, ((one.start, one.end) for one in tricks))]
        if fresh:
            tricks.append(_trick(kind, said, fresh[-1], parts.name, lexicon))
            notes.append(Note(said))
        else:
            why = Why.OVERLAPS if free else Why.OWN_NAME if places else Why.NOT_THERE
            notes.append(Note(said, kept=False, why=why.value))
    return Checked(tuple(sorted(tricks, key=lambda one: one.start)), name, tuple(notes))


def _own_places(parts: NamedParts, product: Reading) -> Iterator[tuple[int, int]]:
    """Where the product's own name and brand stand first: as told, or else the name as it was read."""
    for part in (parts.name, parts.brand):
        yield from list(_places(part, product.text))[:1]
    if not any(_places(parts.name, product.text)):
        named = [one for one in product.mentions if one.attribute is Attribute.CORE_NAME and one.origin == "text"]
        yield from ((one.start, one.end) for one in named[:1])


def _places(said: str, text: str) -> Iterator[tuple[int, int]]:
    """Where words stand in a title; figures and Latin words are not cut, and marks alone are no words."""
    at = text.find(said) if any(map(str.isalnum, said)) else -1
    for _ in range(MOST_PLACES):
        if at < 0:
            return
        end = at + len(said)
        if not cuts_word(text, at) and not cuts_word(text, end):
            yield at, end
        at = text.find(said, at + 1)


def _meets(place: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in others)


def _trick(kind: TrickKind, said: str, place: tuple[int, int], own: str, lexicon: Lexicon) -> Trick:
    attribute = CLAIMED[kind]
    hits = (hit for hit in lexicon.name_hits(said) if hit.end - hit.start == len(said))
    values = (entry.value for hit in hits for entry in hit.entries if entry.kind.value == KINDS[attribute])
    return Trick(kind.value, attribute, next(values, said), *place, against=own)


KINDS = {
    Attribute.BRAND: "brand",
    Attribute.CORE_NAME: "medicine",
    Attribute.DOSAGE_FORM: "form",
    Attribute.EFFICACY: "efficacy",
    Attribute.POPULATION: "population",
}
"""What the lexicon calls what an attribute names."""


MODEL_STAGE = ModelStage(Stage.PRODUCT, request_of, read, Reply)
