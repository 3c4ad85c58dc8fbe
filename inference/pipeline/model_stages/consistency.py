"""The consistency filter by a model (TF): whether a passage speaks of what the query asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest
from inference.knowledge.passages import Found
from inference.pipeline.fence import as_data, fenced
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.model_stages.shapes import asked, read_shape, words
from inference.pipeline.passage_filters import INCONSISTENT, Dropped
from inference.pipeline.prompts import prompt
from inference.pipeline.stages import Stage
from inference.pipeline.told import Listening, Note, Unit
from rules.engine.attributes import gettext_noop

LONGEST_PASSAGE = 600
"""Characters of a passage that a model reads."""
LONGEST_REASON = 120


class Verdict(StrEnum):
    """What a passage is to a query: only the first is kept."""

    SPEAKS = "speaks"
    OTHER_PRODUCT = "other_product"
    OTHER_NEED = "other_need"
    SAYS_NOTHING = "says_nothing"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return VERDICT_LABELS[self]


VERDICT_LABELS = {
    Verdict.SPEAKS: gettext_noop("speaks of what is asked for"),
    Verdict.OTHER_PRODUCT: gettext_noop("speaks of another product"),
    Verdict.OTHER_NEED: gettext_noop("speaks of another need"),
    Verdict.SAYS_NOTHING: gettext_noop("says nothing of use"),
}


class Reply(BaseModel):
    """What a model says of a passage. What it is about comes first, so that the verdict follows it."""

    about: words(LONGEST_REASON) = ""  # type: ignore[valid-type]
    verdict: Verdict
    reason: words(LONGEST_REASON) = ""  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Told:
    """Whether a passage is kept, and what a model says of it."""

    verdict: Verdict
    about: str = ""
    reason: str = ""

    @property
    def dropped(self) -> Dropped | None:
        """Why the passage is no evidence; None where it may serve."""
        if self.verdict is Verdict.SPEAKS:
            return None
        return Dropped(INCONSISTENT, self.reason or self.about or self.verdict.value)


def context_of(passage: Found) -> tuple[str, str, str]:
    """A passage as a model is shown it: title, heading and text."""
    return passage.title, passage.heading, passage.text[:LONGEST_PASSAGE]


def request_of(unit: Unit, settings: ModelSettings) -> ChatRequest:
    """What a model is asked of a query (`unit.text`) with one passage (`unit.context`)."""
    said = prompt(Stage.CONSISTENCY.value, settings.language)
    title, heading, text = unit.context
    where = " · ".join(one for one in (title, heading) if one)
    passage = (f"{said.words('source')}: {where}", f"{said.words('text')}: {as_data(text, LONGEST_PASSAGE)}")
    own = said.words("own", query=fenced("query", [unit.text]), passage=fenced("passage", passage))
    return asked(said, settings, Reply, own, said.words("shared"))


def dropped_by_model(query: str, passages: Mapping[int, Found], listening: Listening) -> dict[int, Dropped]:
    """The passages, by their place, that a model says are of no use to a query; all of them asked about together."""
    units = [Unit(Stage.CONSISTENCY, query, context_of(one)) for one in passages.values()]
    dropped = {}
    for (at, passage), said in zip(passages.items(), listening.hear(*units), strict=True):
        told: Told = said.output
        note = Note(
            told.about or passage.title, told.dropped is None, "" if told.dropped is None else told.verdict.value
        )
        listening.note(Stage.CONSISTENCY, "passage", passage.title, said, (note,))
        if told.dropped is not None:
            dropped[at] = told.dropped
    return dropped


def read(text: str, finish_reason: str = "stop") -> Told | Fault:
    """What a reply says of a passage."""
    reply = read_shape(Reply, text, finish_reason)
    return reply if isinstance(reply, Fault) else Told(reply.verdict, reply.about, reply.reason)


MODEL_STAGE = ModelStage(Stage.CONSISTENCY, request_of, read, Reply)
