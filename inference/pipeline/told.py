"""What served models say at stages of the pipeline: what one is asked about once, and what it said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_jsonable_python

from inference.pipeline.stages import Stage


@dataclass(frozen=True, slots=True)
class Unit:
    """What one stage is asked about once, whatever pair it belongs to.

    `text` is a query, a title, a passage; `context` what else the stage reads, in an order of its own. `images` are the
    SHA-256 of pictures; where a request is made of a unit they are data addresses.
    """

    stage: Stage
    text: str
    context: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said of a unit, and who said it. `prompts` is the digest of what it was asked with.

    `output` is a record or a Pydantic model of the stage: read and bounded, but not yet held against the text.
    """

    output: Any
    endpoint: str
    model: str
    revision: str
    prompts: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A unit that a model was asked about without a usable reply; `raw` is what it said instead, if anything."""

    kind: str
    detail: str = ""
    raw: str = ""


Told = Callable[[Unit], Said | Failed]
"""What is known of a unit. Raises NotTold where nobody was asked about it yet."""


class NotTold(Exception):
    """A pair that can't be read on before models were asked about these units."""

    def __init__(self, *units: Unit) -> None:
        super().__init__(", ".join(unit.stage.value for unit in units))
        self.units = units


class StageFailed(Exception):
    """A pair that can't be read, since a model failed at a stage of it: never is the lexical result put in its place."""

    def __init__(self, stage: Stage, failed: Failed) -> None:
        super().__init__(stage.value)
        self.stage, self.failed = stage, failed


def nothing_told(unit: Unit) -> Said | Failed:
    """What is known where no model was asked at all."""
    raise NotTold(unit)


@dataclass(frozen=True, slots=True)
class ByModel:
    """The stages that served models perform, and what they said. `identity` digests who performs which, and how."""

    stages: frozenset[Stage] = frozenset()
    identity: str = ""
    told: Told = nothing_told


ALL_LEXICAL = ByModel()


@dataclass(frozen=True, slots=True)
class Note:
    """Something a model proposed at a stage, and whether it was taken up. `why` names what spoke against it."""

    words: str
    kept: bool = True
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"words": self.words, "kept": self.kept, "why": self.why}


@dataclass(frozen=True, slots=True)
class ToldPart:
    """What a trace shows of a stage that a model performed: about which text of the pair, who said what of it.

    `side` is query, title, passage or picture. `notes` say what became of what the model proposed.
    """

    stage: Stage
    side: str
    text: str
    said: Said
    notes: tuple[Note, ...] = ()

    @property
    def deciding(self) -> str:
        """What of it is told to the digest of a pair: all but which server it was that the model ran on."""
        said = self.said
        return repr((self.stage.value, self.side, said.output, said.model, said.revision, said.prompts, self.notes))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "stage": self.stage.value,
            "side": self.side,
            "text": self.text,
            "said": to_jsonable_python(self.said.output),
            "endpoint": self.said.endpoint,
            "model": self.said.model,
            "revision": self.said.revision,
            "prompts": self.said.prompts,
            "notes": [note.to_json() for note in self.notes],
        }


@dataclass(slots=True)
class Listening:
    """What is heard of models while one text is read, in order."""

    by_model: ByModel
    off: frozenset[Stage]
    parts: list[ToldPart] = field(default_factory=list)

    def asks(self, stage: Stage) -> bool:
        """Whether a model performs a stage, and the stage is on."""
        return stage in self.by_model.stages and stage not in self.off

    def hear(self, *units: Unit) -> list[Said]:
        """What models said of some units, asked about together. Raises NotTold, or StageFailed for the first failure."""
        heard: list[Said] = []
        missing: list[Unit] = []
        for unit in units:
            try:
                said = self.by_model.told(unit)
            except NotTold as error:
                missing += error.units
                continue
            if isinstance(said, Failed):
                raise StageFailed(unit.stage, said)
            heard.append(said)
        if missing:
            raise NotTold(*missing)
        return heard

    def note(self, stage: Stage, side: str, text: str, said: Said, notes: tuple[Note, ...] = ()) -> None:
        """Keep for the trace what was said and what became of it."""
        self.parts.append(ToldPart(stage, side, text, said, notes))
