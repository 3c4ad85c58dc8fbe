"""What a model answered on a pair: read strictly where the level is, kindly where it is not."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, WithJsonSchema

from inference.engines.protocol import ChatFailure, FailureKind, TokenChance
from inference.pipeline.trace import Failure
from rules.engine.attributes import Attribute, Level

LONGEST_REASON = 200
"""Characters of a reason that are kept."""
MOST_RULES = 20
RULE_NUMBER = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
"""A number without an end would let a model write digits until it is cut off."""
LONGEST_READ = 20_000
"""Characters of a reply in which an answer is looked for."""
THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
LEVEL_SAID = re.compile(r'"level"\s*:\s*"(?P<level>[a-z]+)"')
NUMBER = re.compile(r"R?(\d{1,9})", re.IGNORECASE)
HIGH, LOW = r"\\u[dD][89abAB][\da-fA-F]{2}", r"\\u[dD][c-fC-F][\da-fA-F]{2}"
UNSTORABLE = re.compile(rf"\\u0000|{HIGH}(?!{LOW})|(?<!{HIGH}){LOW}")
"""Escapes of zero bytes and of halves of characters, which no database takes."""
REPLACEMENT = r"\\ufffd"
BEGUN = re.compile(r'\{\s*"')
"""How an object of an answer begins; other brackets are words."""


class FaultKind(StrEnum):
    """Why a reply is not usable."""

    EMPTY = "empty"
    CUT = "cut"
    NOT_JSON = "not_json"
    NOT_ANSWER = "not_answer"


@dataclass(frozen=True, slots=True)
class Fault:
    """A reply that is no answer: why, and its raw text."""

    kind: FaultKind
    detail: str
    raw: str

    @property
    def failure(self) -> Failure:
        """The failed judgment that this is, once asking again did not help."""
        return Failure(f"reply_{self.kind.value}", self.detail)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of a pair. `confidence` is the probability of its level by its tokens, None where not told.

    `mismatched` and `rules` are what it says it went by; what of them is not known was left out.
    """

    level: Level
    reason: str = ""
    mismatched: tuple[Attribute, ...] = ()
    rules: tuple[int, ...] = ()
    confidence: float | None = None


def _level(value: object) -> object:
    return Level(value) if isinstance(value, str) and value in set(Level) else value


def _cut(value: object) -> str:
    return " ".join(value.split())[:LONGEST_REASON] if isinstance(value, str) else ""


def _attributes(value: object) -> tuple[Attribute, ...]:
    named = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(Attribute(one) for one in named if one in set(Attribute)))


def _numbers(value: object) -> tuple[int, ...]:
    """Rules named as 12, "12" or "R12"."""
    named = [NUMBER.fullmatch(str(one).strip()) for one in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(int(one[1]) for one in named if one))[:MOST_RULES]


class Reply(BaseModel):
    """The JSON object that a model is asked for. The attributes and rules come first, so that the level follows them."""

    mismatched: Annotated[
        tuple[Attribute, ...],
        BeforeValidator(_attributes),
        WithJsonSchema({"type": "array", "items": {"enum": [*Attribute]}, "maxItems": len(Attribute)}),
    ] = ()
    rules: Annotated[
        tuple[int, ...],
        BeforeValidator(_numbers),
        WithJsonSchema({"type": "array", "items": RULE_NUMBER, "maxItems": MOST_RULES}),
    ] = ()
    level: Annotated[Level, BeforeValidator(_level), WithJsonSchema({"type": "string", "enum": [*Level]})]
    reason: Annotated[str, BeforeValidator(_cut), Field(max_length=LONGEST_REASON)] = ""


@cache
def reply_schema() -> Mapping[str, Any]:
    """The JSON schema that a server holds a reply to: every field, and nothing else."""
    fields = Reply.model_json_schema()["properties"]
    plain = {
        name: {key: value for key, value in one.items() if key not in ("default", "title")}
        for name, one in fields.items()
    }
    return {"type": "object", "properties": plain, "required": list(plain), "additionalProperties": False}


def read_answer(text: str, *, finish_reason: str = "stop", tokens: Sequence[TokenChance] = ()) -> Answer | Fault:
    """The one answer in a reply. Words around it are passed over; two answers, or no level of the four, are a fault."""
    found = object_in(text, finish_reason=finish_reason)
    if isinstance(found, Fault):
        return found
    try:
        reply = Reply.model_validate(found)
    except ValidationError:
        return Fault(FaultKind.NOT_ANSWER, f"The level is {found.get('level')!r:.60}.", text)
    confidence = probability_of(reply.level, text, tokens)
    return Answer(reply.level, reply.reason, reply.mismatched, reply.rules, confidence)


def object_in(text: str, *, finish_reason: str = "stop") -> dict[str, Any] | Fault:
    """The one JSON object in a reply. Words around it are passed over; none or two are a fault."""
    if not text.strip():
        return Fault(FaultKind.EMPTY, "The reply is empty.", text)
    said = THOUGHTS.sub("", text[:LONGEST_READ])
    found = _objects(UNSTORABLE.sub(REPLACEMENT, said) if "\\u" in said else said)
    if finish_reason == "length" and not found:
        return Fault(FaultKind.CUT, "The reply was cut off.", text)
    if len(found) != 1:
        return Fault(FaultKind.NOT_JSON, "The reply is not one JSON object.", text)
    return found[0]


def fault_of(failure: ChatFailure) -> Fault | None:
    """The fault of a reply that came, but not whole; None where no reply came."""
    kinds = {FailureKind.CUT: FaultKind.CUT, FailureKind.EMPTY: FaultKind.EMPTY}
    kind = kinds.get(failure.kind)
    return Fault(kind, failure.detail, failure.raw) if kind else None


def probability_of(level: Level, text: str, tokens: Sequence[TokenChance]) -> float | None:
    """How likely the tokens that spell the level were, in thousandths; None where the tokens do not tell.

    The tokens up to there must be the text; behind it they may be pieces of characters.
    """
    said = [one.span("level") for one in LEVEL_SAID.finditer(text) if one["level"] == level]
    if not said:
        return None
    start, end = said[-1]
    at, chance = 0, 1.0
    for token in tokens:
        if not text.startswith(token.text, at):
            return None
        if at < end and at + len(token.text) > start:
            chance *= token.probability
        at += len(token.text)
        if at >= end:
            return round(chance, 3)
    return None


def _objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text that lie in no other one; none where one of them is broken."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_unambiguous, strict=False
    )  # vLLM lets models write control characters
    found: list[dict[str, Any]] = []
    start = BEGUN.search(text)
    while start and len(found) <= 1:
        try:
            value, end = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            return []
        found.append(value)
        start = BEGUN.search(text, end)
    return found


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of some pairs. Raises ValueError where a name stands twice, since readers would differ on it."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made
