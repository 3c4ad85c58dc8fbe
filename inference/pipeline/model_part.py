"""What a trace holds of the model that judged: what it answered, and what in the texts tried to instruct it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.engine.attributes import Attribute, Level, gettext_noop


class FlagKind(StrEnum):
    """How a text tries to instruct the model."""

    OVERRULES = "overrules"
    ANSWERS = "answers"
    SPEAKS = "speaks"
    BREAKS = "breaks"

    @property
    def label(self) -> str:
        """Its English words, the key of their translation."""
        return FLAG_LABELS[self]


FLAG_LABELS = {
    FlagKind.OVERRULES: gettext_noop("tells the model to set rules aside"),
    FlagKind.ANSWERS: gettext_noop("tells the model what to answer"),
    FlagKind.SPEAKS: gettext_noop("speaks to the model"),
    FlagKind.BREAKS: gettext_noop("imitates the marks around texts"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """Words that try to instruct the model.

    `where` names the text: query, title, attribute, indication, picture or passage. `encoded`: the words stood there
    in an encoding.
    """

    where: str
    kind: FlagKind
    words: str
    encoded: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"where": self.where, "kind": self.kind.value, "words": self.words, "encoded": self.encoded}


@dataclass(frozen=True, slots=True)
class ModelPart:
    """Who answered, and what: `level` is the model's own, whatever the rules left of it.

    `prompts` is the digest of what it was asked with. `rules` are the numbers of recalled rules it says it went by,
    `mismatched` the attributes it found unmet. `confidence` is the probability of its level by its tokens.
    """

    endpoint: str
    model: str
    revision: str
    language: str
    prompts: str
    level: Level
    reason: str = ""
    mismatched: tuple[Attribute, ...] = ()
    rules: tuple[int, ...] = ()
    confidence: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repaired: bool = False
    flags: tuple[Flag, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "endpoint": self.endpoint,
            "model": self.model,
            "revision": self.revision,
            "language": self.language,
            "prompts": self.prompts,
            "level": self.level.value,
            "reason": self.reason,
            "mismatched": [attribute.value for attribute in self.mismatched],
            "rules": list(self.rules),
            "confidence": self.confidence,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "repaired": self.repaired,
            "flags": [flag.to_json() for flag in self.flags],
        }
