"""Trying out an endpoint: which models it lists, and whether one request bound to a schema is answered as it should be."""

import json
from dataclasses import dataclass
from enum import StrEnum

from inference.engines.clients import Client
from inference.engines.protocol import ChatFailure, ChatRequest, FailureKind, Message
from rules.engine.attributes import Level, gettext_noop

LEVELS = [level.value for level in Level]
SCHEMA = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": LEVELS}},
    "required": ["level"],
    "additionalProperties": False,
}
WORDS = "A shopper asked for 感冒灵颗粒 and was shown 感冒灵颗粒 10g*9袋. Say how relevant that is, as a JSON object."
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAFklEQVR42mP4TwAwjCoYVTCqYKQqAA"
    "A/aPwuqUTQyAAAAABJRU5ErkJggg=="
)
"""A white square of 32 by 32 pixels."""
MOST_LISTED = 50
LONGEST_REPLY = 200


class Verdict(StrEnum):
    """What a test of an endpoint found."""

    WORKS = "works"
    UNBOUND = "unbound"
    UNKNOWN = "unknown"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return VERDICT_LABELS[self]


VERDICT_LABELS = {
    Verdict.WORKS: gettext_noop("works"),
    Verdict.UNBOUND: gettext_noop("ignores the schema"),
    Verdict.UNKNOWN: gettext_noop("no such model"),
    Verdict.FAILED: gettext_noop("fails"),
}


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of trying an endpoint; `milliseconds` is the time of the reply, `failure` why there is none."""

    verdict: Verdict
    models: tuple[str, ...] = ()
    reply: str = ""
    milliseconds: float = 0.0
    failure: FailureKind | None = None
    detail: str = ""


async def probe(client: Client, *, picture: bool = False) -> Probed:
    """Try a chat endpoint; with `picture` the request holds one."""
    models = await client.models()
    if isinstance(models, ChatFailure):
        return _failed(models, ())
    message = Message("user", WORDS, images=(PICTURE,) if picture else ())
    outcome = await client.ask(ChatRequest((message,), schema=SCHEMA, schema_name="verdict", max_tokens=50))
    if isinstance(outcome, ChatFailure):
        return _failed(outcome, models, model=client.endpoint.model)
    verdict = Verdict.WORKS if _holds(outcome.text) else Verdict.UNBOUND
    return Probed(verdict, models[:MOST_LISTED], outcome.text[:LONGEST_REPLY], outcome.milliseconds)


async def probe_embedding(client: Client) -> Probed:
    """Try an endpoint that embeds."""
    models = await client.models()
    if isinstance(models, ChatFailure):
        return _failed(models, ())
    outcome = await client.embed(WORDS)
    if isinstance(outcome, ChatFailure):
        return _failed(outcome, models, model=client.endpoint.model)
    return Probed(Verdict.WORKS, models[:MOST_LISTED], f"{len(outcome.numbers)}", outcome.milliseconds)


def _failed(failure: ChatFailure, models: tuple[str, ...], model: str = "") -> Probed:
    """A failure; of a model that the server does not list, that is the reason."""
    unlisted = failure.kind is FailureKind.REFUSED and model and model not in models
    verdict = Verdict.UNKNOWN if unlisted else Verdict.FAILED
    reply = failure.raw[:LONGEST_REPLY]
    return Probed(verdict, models[:MOST_LISTED], reply, failure.milliseconds, failure.kind, failure.detail)


def _holds(text: str) -> bool:
    """Whether a reply is what the schema asks for."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and set(said) == {"level"} and said["level"] in LEVELS
