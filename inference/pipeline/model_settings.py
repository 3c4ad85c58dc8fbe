"""How a model is asked to judge: what of it decides an answer, and so is part of a judgment's key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import Any

from inference.pipeline.key import digest_of
from inference.pipeline.model_answer import reply_schema
from inference.pipeline.prompts import LANGUAGES, Prompt, prompt
from inference.pipeline.thresholds import SURE, Thresholds, without_idle

STAGE = "judgment"
HOTTEST = 2.0
MOST_TOKENS = 8192
MOST_SAMPLES = 25
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`model` and `revision` name the weights as the server does; `language` is that of the prompts.

    `samples` is how often a pair is asked, each time with the next seed; the level is that of most answers.
    `sure_highly`, `sure_less`, `sure_irrelevant`: the probability that the model must give a level of each class for the
    judgment to keep it (`inference.pipeline.thresholds`).
    """

    model: str
    revision: str = ""
    language: str = LANGUAGES[0]
    temperature: float = 0.0
    seed: int = 1
    max_tokens: int = 400
    samples: int = 1
    sure_highly: float = 0.0
    sure_less: float = 0.0
    sure_irrelevant: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, with the name of the field, for what no server can be asked."""
        bounds = {
            "model": bool(self.model.strip()),
            "language": self.language in LANGUAGES,
            "temperature": 0 <= self.temperature <= HOTTEST,
            "seed": 0 <= self.seed <= LARGEST_SEED,
            "max_tokens": 1 <= self.max_tokens <= MOST_TOKENS,
            "samples": 1 <= self.samples <= MOST_SAMPLES,
            **{name: 0 <= getattr(self, name) <= 1 for name in SURE},
        }
        if wrong := [name for name, holds in bounds.items() if not holds]:
            raise ValueError(", ".join(wrong))

    @property
    def prompt(self) -> Prompt:
        """The words that the model is asked with."""
        return prompt(STAGE, self.language)

    @property
    def prompts(self) -> str:
        """The digest of all that is said to the model beside the pair: the prompt, and the shape of the answer."""
        return _prompts_digest(self.language)

    @property
    def thresholds(self) -> Thresholds:
        """How sure a judgment must be to keep its class."""
        return Thresholds(self.sure_highly, self.sure_less, self.sure_irrelevant)

    @property
    def asking(self) -> "ModelSettings":
        """The same without thresholds: what decides a reply, which they only weigh."""
        return replace(self, sure_highly=0.0, sure_less=0.0, sure_irrelevant=0.0) if self.thresholds else self

    def identity(self) -> dict[str, Any]:
        """All that decides an answer beside the pair, as plain JSON values."""
        return {**self.to_json(), "engine": "llm", "prompts": self.prompts}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return without_idle(asdict(self))

    @property
    def manner(self) -> dict[str, Any]:
        """How the model is asked, without which one it is: what a configuration stores beside its endpoint."""
        return {name: value for name, value in self.to_json().items() if name not in ("model", "revision")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ModelSettings":
        """The settings that `data` names, the others as they come. Raises ValueError on a name or type unknown."""
        types: dict[str, tuple[type, ...]] = dict.fromkeys(("temperature", *SURE), (int, float))
        types.update(dict.fromkeys(("seed", "max_tokens", "samples"), (int,)))
        known = {field.name for field in fields(cls)}
        for name, value in data.items():
            if name not in known or isinstance(value, bool) or not isinstance(value, types.get(name, (str,))):
                raise ValueError(f"{name}: {value!r}")
        return cls(**data)


@cache
def _prompts_digest(language: str) -> str:
    return digest_of([prompt(STAGE, language).digest, dict(reply_schema())])
