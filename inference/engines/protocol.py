"""What is asked of a served model and what comes back: the records that every engine with a model speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from rules.engine.attributes import gettext_noop


class Secret:
    """A text that is handed on and never shown: not printed, not logged, not part of any error."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)" if self._text else "Secret()"


NO_SECRET = Secret()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks the OpenAI protocol, and how it wants to be asked.

    `address` is the base with its version (`http://127.0.0.1:8000/v1`), or `inprocess:ENGINE:/FOLDER` for a model that
    this process runs itself, `in_flight` requests a batch. `model` is the name the server knows it by and
    `revision` which weights lie behind it. `in_flight` calls are under way at most; one that has not answered after
    `timeout` seconds is given up; a passing fault is tried `attempts` times in all. `pause` is the first wait in
    seconds between two attempts, doubled each time up to `longest_pause`. After `trip` requests in a row that fail at once
    nothing is sent for `rest` seconds, then one request to try; requests wait for that, but nobody waits longer than
    `patience` seconds, nor when the server asks for more. Of an answer `largest` bytes are read; a longer one is given up.
    """

    address: str
    model: str
    revision: str = ""
    token: Secret = NO_SECRET
    in_flight: int = 64
    timeout: float = 60.0
    attempts: int = 6
    pause: float = 0.5
    longest_pause: float = 30.0
    trip: int = 20
    rest: float = 5.0
    patience: float = 60.0
    largest: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `role` is system, user or assistant; `images` are data addresses (`data:image/jpeg;base64,…`)."""

    role: str
    content: str
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation to be continued by one reply.

    `schema` is the JSON schema that the server holds the reply to, None for free text. `top_logprobs` is how many
    alternatives of each token are asked for beside the chosen one, and counts only with `logprobs`; nobody reads them.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int | None = None
    logprobs: bool = False
    top_logprobs: int = 0
    thinking: bool = False


class TokenChance(NamedTuple):
    """A token of a reply with its probability (0 to 1). There is one for every few characters: a tuple is quick to make."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class ChatReply:
    """A whole reply. `milliseconds` is the time of the attempt that gave it; `tokens` is empty unless asked for."""

    text: str
    finish_reason: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    tokens: tuple[TokenChance, ...] = ()
    milliseconds: float = 0.0
    attempts: int = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """How it travels between processes: by its values alone, in a third of the time that naming each takes."""
        counts = (self.prompt_tokens, self.completion_tokens, self.cached_tokens)
        return ChatReply, (self.text, self.finish_reason, *counts, self.tokens, self.milliseconds, self.attempts)


@dataclass(frozen=True, slots=True)
class Vector:
    """What a text was embedded as."""

    numbers: tuple[float, ...]
    milliseconds: float = 0.0


class FailureKind(StrEnum):
    """Why a request has no whole reply."""

    BUSY = "busy"
    SERVER = "server"
    TIMED_OUT = "timed_out"
    DROPPED = "dropped"
    GARBLED = "garbled"
    RESTING = "resting"
    REFUSED = "refused"
    DENIED = "denied"
    CUT = "cut"
    EMPTY = "empty"
    WITHHELD = "withheld"
    UNABLE = "unable"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return FAILURE_LABELS[self]

    @property
    def passing(self) -> bool:
        """Whether the same request may well succeed a little later."""
        return self in PASSING

    @property
    def repairable(self) -> bool:
        """Whether the model answered, but not usably, so that another request may do better."""
        return self in (FailureKind.CUT, FailureKind.EMPTY)


PASSING = frozenset(
    {
        FailureKind.BUSY,
        FailureKind.SERVER,
        FailureKind.TIMED_OUT,
        FailureKind.DROPPED,
        FailureKind.GARBLED,
        FailureKind.RESTING,
    }
)
FAILURE_LABELS = {
    FailureKind.BUSY: gettext_noop("the server asked to wait (429)"),
    FailureKind.SERVER: gettext_noop("error of the server (5xx)"),
    FailureKind.TIMED_OUT: gettext_noop("no reply in time"),
    FailureKind.DROPPED: gettext_noop("connection refused or lost"),
    FailureKind.GARBLED: gettext_noop("the server's answer could not be read"),
    FailureKind.RESTING: gettext_noop("not sent: the server keeps failing"),
    FailureKind.REFUSED: gettext_noop("the server refused the request (4xx)"),
    FailureKind.DENIED: gettext_noop("the server denied access"),
    FailureKind.CUT: gettext_noop("reply cut off at the longest length"),
    FailureKind.EMPTY: gettext_noop("empty reply"),
    FailureKind.WITHHELD: gettext_noop("reply withheld by the server's filter"),
    FailureKind.UNABLE: gettext_noop("this machine can't run the model"),
}


@dataclass(frozen=True, slots=True)
class ChatFailure:
    """No whole reply: which kind of failure after how many attempts, and the raw text where there was any."""

    kind: FailureKind
    detail: str = ""
    raw: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    milliseconds: float = 0.0
    attempts: int = 1


@dataclass(slots=True)
class Usage:
    """What a client has asked and used so far; `faults` counts every failed attempt by its kind, retried or not."""

    requests: int = 0
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    faults: dict[FailureKind, int] = field(default_factory=dict)
