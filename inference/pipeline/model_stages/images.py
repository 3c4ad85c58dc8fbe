"""Photographs read by a vision model (SI): what is printed on a package, held against the title as words of OCR are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.case import Picture, Word
from inference.pipeline.instructing import instruction_in
from inference.pipeline.match_pictures import match_picture
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_part import Flag, FlagKind
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.model_stages.shapes import asked, read_shape, usable, words
from inference.pipeline.prompts import prompt
from inference.pipeline.reading import Reading
from inference.pipeline.stages import Stage
from inference.pipeline.steps import PictureMatch
from inference.pipeline.told import Note, ToldPart, Unit
from rules.engine.attributes import Attribute

MOST_PRINTED = 16
LONGEST_WORDS = 60
LONGEST_ADDRESSED = 300


class Printed(StrEnum):
    """What of a package is read; the names are those of attributes."""

    BRAND = "brand"
    CORE_NAME = "core_name"
    EFFICACY = "efficacy"
    DOSAGE_FORM = "dosage_form"
    POPULATION = "population"
    STRENGTH = "strength"


class Shown(BaseModel):
    """Words on the picture, as printed, and what they tell."""

    attribute: Printed
    words: words(LONGEST_WORDS)  # type: ignore[valid-type]


class Reply(BaseModel):
    """What a model reads on a photograph. `addressed`: words on it that tell a reader or a machine what to do."""

    printed: usable(Shown, MOST_PRINTED)  # type: ignore[valid-type]
    addressed: words(LONGEST_ADDRESSED) = ""  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Told:
    """What a model read on one picture, in the order in which the attributes are looked at."""

    printed: tuple[tuple[Attribute, str], ...]
    addressed: str = ""


def request_of(unit: Unit, settings: ModelSettings) -> ChatRequest:
    """What a model is asked of a photograph. It does not see the title, so that no title can tell it what to see.

    `unit.images` is the photograph as a data address.
    """
    said = prompt(Stage.IMAGES.value, settings.language)
    return asked(said, settings, Reply, said.words("own"), said.words("shared"), unit.images)


def read(text: str, finish_reason: str = "stop") -> Told | Fault:
    """What a reply says is printed; words without a letter are left out."""
    reply = read_shape(Reply, text, finish_reason)
    if isinstance(reply, Fault):
        return reply
    order = list(Printed)
    said = {(order.index(one.attribute), one.words): None for one in reply.printed if any(map(str.isalnum, one.words))}
    return Told(tuple((Attribute(order[at].value), text) for at, text in sorted(said)), reply.addressed)


def match_told(sha256: str, told: Told, product: Reading, lexicon: Lexicon) -> PictureMatch:
    """How what a model read stands to the title, by the check that words of OCR go through; no place on it is marked."""
    picture = Picture(sha256, tuple(Word(text) for _attribute, text in told.printed))
    found = match_picture(picture, product, lexicon)
    return replace(found, matches=tuple(replace(one, words=()) for one in found.matches))


def notes_of(told: Told) -> tuple[Note, ...]:
    """The words on a picture that try to instruct, wherever the model put them: data, and flagged."""
    said = (told.addressed, *(text for _attribute, text in told.printed))
    found = [instruction_in(text) for text in said]
    return tuple(dict.fromkeys(Note(one.words, kept=False, why=one.kind.value) for one in found if one is not None))


def outweighed(told: PictureMatch, left: PictureMatch) -> tuple[Note, ...]:
    """What a model saw of an attribute where the words read on the picture say better."""
    better = {one.attribute: one.consistency for one in left.matches}
    seen = (one for one in told.matches if one.picture and better[one.attribute] is not one.consistency)
    return tuple(Note(" · ".join(one.picture), kept=False, why="read_otherwise") for one in seen)


def flags_heard(parts: Iterable[ToldPart]) -> tuple[Flag, ...]:
    """The words that models read on pictures and that try to instruct, as a judgment's other flags are told."""
    kinds = {kind.value: kind for kind in FlagKind}
    heard = (note for part in parts if part.stage is Stage.IMAGES for note in part.notes if note.why in kinds)
    return tuple(dict.fromkeys(Flag("picture", kinds[note.why], note.words) for note in heard))


MODEL_STAGE = ModelStage(Stage.IMAGES, request_of, read, Reply)
