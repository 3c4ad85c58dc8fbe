"""Reading the replies of a model: what is an answer, what is a fault, and how sure the model was."""

import json
from typing import Any

import pytest

from inference.engines.protocol import ChatFailure, FailureKind, TokenChance
from inference.pipeline.model_answer import (
    LONGEST_REASON,
    Answer,
    Fault,
    FaultKind,
    fault_of,
    object_in,
    probability_of,
    read_answer,
    reply_schema,
)
from inference.pipeline.trace import Failure
from rules.engine.attributes import Attribute, Level

WHOLE = '{"mismatched": ["brand"], "rules": [7], "level": "moderately", "reason": "另一品牌"}'
READ = Answer(Level.MODERATELY, "另一品牌", (Attribute.BRAND,), (7,))


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"\n  {WHOLE}\n",
        f"```json\n{WHOLE}\n```",
        f"Sure! Here is my {{judgment}}: {WHOLE} I hope it helps.",
        f'<think>It could be {{"level": "highly"}}.</think>{WHOLE}',
        WHOLE.replace("[7]", '["R7"]'),
        WHOLE.replace('"brand"', '"brand", "smell", 3'),
        WHOLE.replace('"reason"', '"sure": true, "reason"'),
    ],
)
def test_an_answer_is_read(text: str) -> None:
    assert read_answer(text) == READ


def test_the_level_alone_is_an_answer() -> None:
    assert read_answer('{"level": "weakly"}') == Answer(Level.WEAKLY)


def test_a_reason_is_bounded_and_on_one_line() -> None:
    answer = read_answer(json.dumps({"level": "weakly", "reason": "a\nb " * 500}))
    assert isinstance(answer, Answer)
    assert (len(answer.reason), answer.reason[:7]) == (LONGEST_REASON, "a b a b")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FaultKind.EMPTY),
        (" \n", FaultKind.EMPTY),
        ("It is highly relevant.", FaultKind.NOT_JSON),
        ("[1, 2]", FaultKind.NOT_JSON),
        (WHOLE[:-20], FaultKind.NOT_JSON),
        (WHOLE + WHOLE, FaultKind.NOT_JSON),
        ('{"level": "highly", "level": "irrelevant"}', FaultKind.NOT_JSON),
        ('{"first": {"level": "highly"}, "level', FaultKind.NOT_JSON),
        ('{"a":' * 5000, FaultKind.NOT_JSON),
        ('{"level": ' + "9" * 9000 + "}", FaultKind.NOT_JSON),
        ("{}" + '{"reason": "no level"}', FaultKind.NOT_ANSWER),
        ('{"level": "very relevant"}', FaultKind.NOT_ANSWER),
        ('{"level": "Highly"}', FaultKind.NOT_ANSWER),
        ('{"level": 3}', FaultKind.NOT_ANSWER),
        ('{"level": ["highly"]}', FaultKind.NOT_ANSWER),
        ('{"level": null}', FaultKind.NOT_ANSWER),
    ],
)
def test_what_is_no_answer_is_a_fault_with_its_raw_text(text: str, kind: FaultKind) -> None:
    fault = read_answer(text)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.raw) == (kind, text)


def test_a_cut_reply_is_said_to_be_cut() -> None:
    fault = read_answer(WHOLE[:-20], finish_reason="length")
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.failure) == (FaultKind.CUT, Failure("reply_cut", "The reply was cut off."))


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (FailureKind.CUT, Fault(FaultKind.CUT, "why", "raw")),
        (FailureKind.EMPTY, Fault(FaultKind.EMPTY, "why", "raw")),
        (FailureKind.BUSY, None),
        (FailureKind.WITHHELD, None),
    ],
)
def test_only_a_reply_that_came_has_a_fault(kind: FailureKind, fault: Fault | None) -> None:
    assert fault_of(ChatFailure(kind, "why", "raw")) == fault


def chances(*pieces: Any) -> tuple[TokenChance, ...]:
    return tuple(TokenChance(text, probability) for text, probability in pieces)


BEFORE = ('{"level": "', 0.5)


@pytest.mark.parametrize(
    ("tokens", "probability"),
    [
        (chances(BEFORE, ("highly", 0.9), ('"}', 0.1)), 0.9),
        (chances(BEFORE, ("high", 0.9), ("ly", 0.8), ('"}', 0.1)), 0.72),
        (chances(('{"level": ', 0.5), ('"high', 0.9), ('ly"}', 0.8)), 0.72),
        (chances(BEFORE, ("highly", 0.9), ("\ufffd", 1.0)), 0.9),
        (chances(("\ufffd", 1.0), BEFORE, ("highly", 0.9)), None),
        (chances(BEFORE), None),
        ((), None),
    ],
)
def test_confidence_is_the_probability_of_the_tokens_of_the_level(
    tokens: tuple[TokenChance, ...], probability: float | None
) -> None:
    assert probability_of(Level.HIGHLY, '{"level": "highly"}', tokens) == probability


def test_words_before_the_answer_have_no_part_in_its_confidence() -> None:
    text = '<think>"level": "highly"?</think>{"level": "highly"}'
    at = text.rindex("highly")
    tokens = chances((text[:at], 0.2), ("highly", 0.7), (text[at + 6 :], 0.2))
    assert read_answer(text, tokens=tokens) == Answer(Level.HIGHLY, confidence=0.7)


def test_control_characters_in_a_reason_are_read_as_vllm_lets_them_through() -> None:
    assert read_answer('{"level": "highly", "reason": "同\tname\x0f"}') == Answer(Level.HIGHLY, reason="同 name\x0f")


def test_the_schema_asks_for_every_field_the_level_behind_what_it_rests_on() -> None:
    schema = reply_schema()
    assert schema["required"] == ["mismatched", "rules", "level", "reason"]
    assert schema["properties"]["level"] == {"type": "string", "enum": ["highly", "moderately", "weakly", "irrelevant"]}
    assert schema["additionalProperties"] is False
    assert "$" not in json.dumps(schema)


def test_escapes_that_no_database_takes_are_replaced() -> None:
    said = r'{"a": "x\u0000y", "b": ["\ud800", "\ud83d\ude00 \udc00"], "\u0000": "\u4e2d"}'
    assert object_in(said) == {"a": "x\ufffdy", "b": ["\ufffd", "\U0001f600 \ufffd"], "\ufffd": "\u4e2d"}
