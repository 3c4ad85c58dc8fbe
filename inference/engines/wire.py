"""The OpenAI protocol: a request as the JSON that is sent, an answer as a record. What a server says is never trusted."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic_core import from_json

from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, FailureKind, Message, TokenChance

LONGEST_DETAIL = 300
LARGEST_COUNT = 2**31 - 1
NUMBER = (int, float)


def body_of(model: str, request: ChatRequest) -> dict[str, Any]:
    """The body of a chat completion that asks `model` for `request`."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": False,
        "chat_template_kwargs": {"enable_thinking": request.thinking},
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.schema is not None:
        schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.logprobs:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return body


def _message(message: Message) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role, "content": message.content}
    images = [{"type": "image_url", "image_url": {"url": image}} for image in message.images]
    return {"role": message.role, "content": [*images, {"type": "text", "text": message.content}]}


def encoded(body: Mapping[str, Any]) -> bytes:
    """The bytes of a body. Half a surrogate pair in a merchant's text is sent as a question mark."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decoded(body: bytes) -> Any:
    """The JSON of an answer, None where it is not JSON. What the quick reader refuses, as half a surrogate pair, may be."""
    try:
        return from_json(body)
    except ValueError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def failure_of(status: int, body: bytes) -> ChatFailure:
    """What an answer with a status other than 200 says."""
    return ChatFailure(_kind(status), detail=f"HTTP {status} {_said(body)}".strip())


def _kind(status: int) -> FailureKind:
    if status == 429:
        return FailureKind.BUSY
    if status in (401, 403):
        return FailureKind.DENIED
    if status == 408:
        return FailureKind.TIMED_OUT
    return FailureKind.SERVER if status >= 500 else FailureKind.REFUSED


def _said(body: bytes) -> str:
    """The message of an error, in whichever of the usual places it stands."""
    answer = decoded(body)
    error = answer.get("error", answer) if isinstance(answer, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    said = message if isinstance(message, str) else body.decode("utf-8", "replace")
    return storable(" ".join(said.split()))[:LONGEST_DETAIL]


def wait_of(header: str | None) -> float | None:
    """The seconds that a Retry-After asks to wait, given in seconds or as a date; None where it asks nothing readable."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return _seconds_until(header)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
        return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def read_chat(body: bytes) -> ChatReply | ChatFailure:
    """The reply that a chat completion holds, or why it holds no whole one, with its text and its usage."""
    answer = decoded(body)
    choice = _first(answer.get("choices")) if isinstance(answer, dict) else None
    message = choice.get("message") if choice else None
    if choice is None or not isinstance(message, dict):
        return ChatFailure(
            FailureKind.GARBLED, "no choice with a message", raw=storable(body.decode("utf-8", "replace"))
        )
    text = _text(message.get("content"))
    finish = _text(choice.get("finish_reason"))[:40]
    usage = _usage(answer)
    if kind := lack_of(text, finish):
        refusal = _text(message.get("refusal"))
        return ChatFailure(kind, f"finish_reason {finish or 'missing'}", text or refusal, finish, **usage)
    return ChatReply(text, finish, tokens=_tokens(choice.get("logprobs")), **usage)


def read_models(body: bytes) -> tuple[str, ...] | ChatFailure:
    """The names of the models that a server lists."""
    answer = decoded(body)
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return ChatFailure(FailureKind.GARBLED, "no list of models", raw=storable(body.decode("utf-8", "replace")))
    return tuple(_text(model.get("id"))[:LONGEST_DETAIL] for model in listed if isinstance(model, dict))


def read_vector(body: bytes) -> tuple[float, ...] | ChatFailure:
    """The first vector of an answer about embeddings."""
    answer = decoded(body)
    first = _first(answer.get("data")) if isinstance(answer, dict) else None
    vector = first.get("embedding") if first else None
    if not isinstance(vector, list) or not vector or not all(isinstance(number, int | float) for number in vector):
        return ChatFailure(FailureKind.GARBLED, "no vector", raw=storable(body.decode("utf-8", "replace")))
    return tuple(float(number) for number in vector)


def lack_of(text: str, finish: str) -> FailureKind | None:
    """What a reply lacks to be whole, None where nothing."""
    if finish == "length":
        return FailureKind.CUT
    if finish == "content_filter":
        return FailureKind.WITHHELD
    if not text.strip():
        return FailureKind.EMPTY
    return None if finish == "stop" else FailureKind.GARBLED


def _usage(answer: Mapping[str, Any]) -> dict[str, int]:
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return {}
    details = usage.get("prompt_tokens_details")
    return {
        "prompt_tokens": _count(usage.get("prompt_tokens")),
        "completion_tokens": _count(usage.get("completion_tokens")),
        "cached_tokens": _count(details.get("cached_tokens")) if isinstance(details, dict) else 0,
    }


def _tokens(logprobs: object) -> tuple[TokenChance, ...]:
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not isinstance(content, list):
        return ()
    return _plain_tokens(content) or _odd_tokens(content)


def _plain_tokens(content: list[Any]) -> tuple[TokenChance, ...]:
    """The tokens where all are as they should be, in a third of the time: there is one for every few characters."""
    try:
        texts = [one["token"] for one in content]
        chances = [math.exp(min(one["logprob"], 0.0)) for one in content]
        plain = "".join(texts).isprintable()
    except (TypeError, KeyError):
        return ()
    return tuple(map(TokenChance._make, zip(texts, chances, strict=True))) if plain else ()


def _odd_tokens(content: list[Any]) -> tuple[TokenChance, ...]:
    return tuple(TokenChance(_text(one.get("token")), _chance(one)) for one in content if isinstance(one, dict))


def _chance(token: Mapping[str, Any]) -> float:
    logarithm = token.get("logprob")
    return math.exp(min(logarithm, 0.0)) if isinstance(logarithm, NUMBER) else 0.0


def _first(choices: object) -> dict[str, Any] | None:
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None


def _text(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT else 0


def storable(text: str) -> str:
    """The text as a database takes it: no halves of surrogate pairs, no zero bytes."""
    if text.isprintable():  # neither is printable
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
