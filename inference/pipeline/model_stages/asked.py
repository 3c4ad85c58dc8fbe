"""What every stage that a model performs has in common: what a request is kept under, how a reply is mended."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest, Message
from inference.pipeline.fence import as_data
from inference.pipeline.key import digest_of
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.shapes import schema_of
from inference.pipeline.prompts import Prompt, prompt
from inference.pipeline.stages import Stage
from inference.pipeline.told import Unit

LONGEST_QUOTED = 2000
"""Characters of an unusable reply that the model sees again."""


@dataclass(frozen=True, slots=True)
class ModelStage:
    """A stage that a model can perform.

    `request_of` makes the request of a unit whose images are data addresses. `read` takes the text of a reply and why it
    ended, and gives the stage's output or what is wrong. `shape` is what a server holds a reply to. Its prompts are
    `prompts/<stage>.<language>.md`, with the parts `empty`, `cut`, `not_json`, `not_answer` and `repair` ($fault).
    """

    stage: Stage
    request_of: Callable[[Unit, ModelSettings], ChatRequest]
    read: Callable[[str, str], Any | Fault]
    shape: type[BaseModel]

    def words(self, settings: ModelSettings) -> Prompt:
        """The words that the model is asked with."""
        return prompt(self.stage.value, settings.language)

    def prompts(self, settings: ModelSettings) -> str:
        """The digest of all that is said to the model beside the unit: the prompt, and the shape of the reply."""
        return digest_of([self.words(settings).digest, dict(schema_of(self.shape))])

    def identity(self, settings: ModelSettings) -> dict[str, Any]:
        """All that decides a reply beside the unit, as plain JSON values."""
        return {**settings.to_json(), "engine": "llm", "prompts": self.prompts(settings)}

    def key(self, unit: Unit, settings: ModelSettings) -> str:
        """What a reply about a unit is kept under."""
        told = [unit.stage.value, unit.text, list(unit.context), list(unit.images)]
        return digest_of([told, self.identity(settings)])

    def repair_of(self, request: ChatRequest, fault: Fault, settings: ModelSettings) -> ChatRequest:
        """The same question once more, with the unusable reply and what was wrong with it."""
        words = self.words(settings)
        said = words.words("repair", fault=words.words(fault.kind.value))
        quoted = as_data(fault.raw, LONGEST_QUOTED)
        before = (Message("assistant", quoted),) if quoted else ()
        return replace(request, messages=(*request.messages, *before, Message("user", said)))
