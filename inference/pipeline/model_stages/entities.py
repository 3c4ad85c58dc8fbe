"""Names recognised by a model (NER) with common names (CN): what it says of a text counts as far as the text has it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.attribute_words import LABELS
from inference.pipeline.case import Case
from inference.pipeline.fence import fenced
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.model_stages.shapes import asked, read_shape, usable, words
from inference.pipeline.prompts import prompt
from inference.pipeline.read_given import canonical_values
from inference.pipeline.read_product import WARNING
from inference.pipeline.reading import MOST_MENTIONS, Gathered, Reading, add_medicine, cuts_word, read_names
from inference.pipeline.stages import Stage
from inference.pipeline.told import Note, Unit
from inference.pipeline.trace import Mention
from inference.pipeline.uses import fitting
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

MOST_ENTITIES = 24
LONGEST_WORDS = 60
MOST_GIVEN = 12
LONGEST_GIVEN = 120
MOST_PLACES = 20
QUERY, TITLE = "query", "title"
SINGLE = frozenset({Attribute.CORE_NAME, Attribute.BRAND})
"""What a text mostly names once: another name is only taken up where none was read."""
AS_WRITTEN = frozenset({Attribute.CORE_NAME, Attribute.INGREDIENT})
"""What counts in the words of the text where nothing is known of them; a brand does by `canonical_values`."""
NOT_THERE, NOT_KNOWN, READ_OTHERWISE, RULED_OUT = "not_there", "not_known", "read_otherwise", "ruled_out"


class Entity(BaseModel):
    """Words of the text, as they stand there, with what they name; `name` is the common name where it is another."""

    attribute: Attribute
    words: words(LONGEST_WORDS)  # type: ignore[valid-type]
    name: words(LONGEST_WORDS)  # type: ignore[valid-type]


class Reply(BaseModel):
    """What a model recognises in a text."""

    entities: usable(Entity, MOST_ENTITIES)  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What of a reply counts beside what was read already, and what became of each part of it."""

    mentions: tuple[Mention, ...] = ()
    notes: tuple[Note, ...] = ()


def of_query(text: str) -> Unit:
    """A query as the stage is asked about it."""
    return Unit(Stage.ENTITIES, text, (QUERY,))


def of_title(text: str, case: Case) -> Unit:
    """A title as the stage is asked about it, with what the catalogue gives, in one order however it came."""
    given = [f"{name.value}={value}"[:LONGEST_GIVEN] for name, values in sorted(case.given.items()) for value in values]
    return Unit(Stage.ENTITIES, text, (TITLE, *sorted(given)[:MOST_GIVEN]))


def request_of(unit: Unit, settings: ModelSettings) -> ChatRequest:
    """What a model is asked of a query or a title (`unit.text`); `unit.context` says which it is, and what is given."""
    said, labels = prompt(Stage.ENTITIES.value, settings.language), LABELS[settings.language]
    side, *given = unit.context
    lines = [f"{said.words(side)}: {unit.text}"]
    for one in given:
        name, _equals, value = one.partition("=")
        lines.append(f"{said.words('given')} ({labels(Attribute(name))}): {value}")
    own = said.words("own", text=fenced(side, lines))
    return asked(said, settings, Reply, own, said.words("shared"))


def read(text: str, finish_reason: str = "stop") -> Reply | Fault:
    """What a reply recognises, not yet held against the text."""
    return read_shape(Reply, text, finish_reason)


def recognised(reading: Reading, reply: Reply, lexicon: Lexicon) -> Recognised:
    """What of a reply the text bears out: words that stand there, in the lexicon's terms where it has some."""
    found: dict[Mention, None] = {}
    notes: list[Note] = []
    for one in reply.entities:
        said = normalise(one.words)
        if not said:
            continue
        values = list(_values(one.attribute, said, lexicon))
        why = _against(one, said, values, reading, lexicon)
        notes.append(Note(f"{one.attribute.value}: {said}" + (f" = {one.name}" if one.name else ""), not why, why))
        if not why:
            start = _place(said, reading.text)
            found |= {Mention(one.attribute, value, start, start + len(said)): None for value in values}
    mentions = tuple(one for one in found if one.value not in reading.of(one.attribute))
    return Recognised(mentions, tuple(notes))


def with_entities(reading: Reading, mentions: Iterable[Mention], lexicon: Lexicon) -> Reading:
    """The reading with what a model recognised beside it, and what is known of that. Words only claimed stay so."""
    gathered, spans = Gathered(), []
    for one in mentions:
        if any(one.start < end and start < one.end for start, end in reading.claimed):
            continue
        spans.append((one.start, one.end))
        gathered.add(one.attribute, one.value, one.start, one.end)
        if one.attribute is Attribute.CORE_NAME:
            add_medicine(gathered, lexicon, one.value, one.start, one.end)
    if not spans:
        return reading
    added = gathered.frozen_values()
    values = {
        name: tuple(dict.fromkeys((*reading.of(name), *added.get(name, ())))) for name in (*reading.values, *added)
    }
    told = " ".join(reading.text[start:end] for start, end in spans)
    rest = tuple(word for word in reading.rest if word not in told)
    listed = tuple(dict.fromkeys((*reading.mentions, *gathered.mentions)))[:MOST_MENTIONS]
    return fitting(replace(reading, mentions=listed, values=values, rest=rest), lexicon)


def _against(one: Entity, said: str, values: list[str], reading: Reading, lexicon: Lexicon) -> str:
    """The first reason against an entity, or an empty text."""
    start = _place(said, reading.text)
    if start < 0:
        return NOT_THERE
    if _is_ruled_out(start, start + len(said), reading):
        return RULED_OUT
    if not values or (one.name and normalise(one.name) not in set(_meant(said, values, lexicon))):
        return NOT_KNOWN
    others = [value for value in reading.of(one.attribute) if value not in values]
    return READ_OTHERWISE if one.attribute in SINGLE and others else ""


def _is_ruled_out(start: int, end: int, reading: Reading) -> bool:
    """Whether a query says that it wants none of that, or a title warns them off: 孕妇禁用."""
    without = any(start < one.end and one.start < end for one in reading.excluded)
    return without or WARNING.match(reading.text, end) is not None


def _values(attribute: Attribute, said: str, lexicon: Lexicon) -> Iterator[str]:
    """What words of the text say of an attribute."""
    known = canonical_values(attribute, said, lexicon)
    yield from known
    if not known and attribute in AS_WRITTEN and not read_names(said, lexicon):
        yield said


def _meant(said: str, values: list[str], lexicon: Lexicon) -> Iterator[str]:
    """The names that words of the text may stand for."""
    yield said
    for value in values:
        yield normalise(value)
        brand = lexicon.brands.get(value)
        if brand and brand.stands_for:
            yield normalise(brand.stands_for)


def _place(said: str, text: str) -> int:
    """Where words stand in a text, -1 where they don't; figures and Latin words are not cut."""
    at = text.find(said)
    for _ in range(MOST_PLACES):
        if at < 0:
            break
        if not cuts_word(text, at) and not cuts_word(text, at + len(said)):
            return at
        at = text.find(said, at + 1)
    return -1


MODEL_STAGE = ModelStage(Stage.ENTITIES, request_of, read, Reply)
