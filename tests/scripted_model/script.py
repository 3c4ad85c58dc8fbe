"""What a scripted model is asked and what it answers: a script is a function of the one that gives the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `number` counts all requests from 1, `seen` those with exactly this body, this one included."""

    number: int
    seen: int
    body: Mapping[str, Any]
    authorization: str = ""

    @property
    def text(self) -> str:
        """The text of the last message."""
        content = self.body["messages"][-1]["content"]
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

    @property
    def prompt(self) -> str:
        """The texts of all messages, a line each."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a model gives it. `delay` in seconds counts beside the server's own; `tokens` are made where absent.

    A token is its text, its probability, and the alternatives with theirs.
    """

    text: str | None
    finish_reason: str | None = "stop"
    delay: float = 0.0
    cached_tokens: int = 0
    tokens: tuple[tuple[str, float, Mapping[str, float]], ...] = ()


@dataclass(frozen=True, slots=True)
class Error:
    """An answer with an error's status."""

    status: int
    message: str = "the script says so"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer for so many seconds, then a dropped connection."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed: before the answer, or after that many bytes of it."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes instead of what the protocol asks for."""

    body: bytes
    content_type: str = "application/json"


Answer = Reply | Error | Hang | Drop | Raw
Script = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Always:
    """A script that always answers the same."""

    answer: Answer

    def __call__(self, call: Call) -> Answer:
        return self.answer


@dataclass(frozen=True, slots=True)
class FirstThen:
    """A script that gives these answers to a request in turn, and the last one from then on."""

    answers: tuple[Answer, ...]

    def __call__(self, call: Call) -> Answer:
        return self.answers[min(call.seen, len(self.answers)) - 1]
