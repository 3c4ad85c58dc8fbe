"""Tests of `inference/engines/wire.py`: whatever a server says is read or refused, and never an error."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.engines.protocol import ChatFailure, ChatReply, FailureKind, Message
from inference.engines.wire import body_of, failure_of, read_chat, read_models, read_vector, wait_of
from tests.inference.asking import request

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("header", "wait"),
    [(None, None), ("", None), ("2", 2.0), ("0.5", 0.5), ("-3", 0.0), ("nan", None), ("soon", None), ("inf", None)],
)
def test_a_wait_is_read_in_seconds(header, wait):
    assert wait_of(header) == wait


def test_a_wait_is_read_as_a_date():
    later = datetime.now(UTC) + timedelta(seconds=90)

    assert 85 < wait_of(format_datetime(later, usegmt=True)) <= 90
    assert wait_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert wait_of("Wed, 99 Oct 2015 07:28:00 GMT") is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, FailureKind.REFUSED),
        (400, FailureKind.REFUSED),
        (401, FailureKind.DENIED),
        (408, FailureKind.TIMED_OUT),
        (429, FailureKind.BUSY),
        (500, FailureKind.SERVER),
        (599, FailureKind.SERVER),
    ],
)
def test_a_status_tells_the_kind_of_failure(status, kind):
    assert failure_of(status, b"") == ChatFailure(kind, f"HTTP {status}")


@pytest.mark.parametrize(
    "body",
    [b'{"error": {"message": "too\\nmuch"}}', b'{"error": "too much"}', b'{"message": "too much"}', b"too  much\n"],
)
def test_the_message_of_an_error_is_found(body):
    assert failure_of(500, body).detail == "HTTP 500 too much"


def test_a_long_message_is_shortened():
    assert len(failure_of(500, b"x" * 10_000).detail) < 320


def test_pictures_stand_before_the_words_about_them():
    message = Message("user", "what is on it?", images=("data:image/jpeg;base64,AA",))

    assert body_of("m", request())["messages"] == [{"role": "user", "content": "感冒灵"}]
    assert body_of("m", type(request())((message,)))["messages"][0]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AA"}},
        {"type": "text", "text": "what is on it?"},
    ]


def test_thinking_is_on_where_it_is_asked_for():
    assert body_of("m", request(thinking=True))["chat_template_kwargs"] == {"enable_thinking": True}


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ([{"token": "hi", "logprob": 0.0}, {"token": "gh", "logprob": 1}], [("hi", 1.0), ("gh", 1.0)]),
        ([{"token": "hi", "logprob": None}, {"token": "gh", "logprob": 0.0}], [("hi", 0.0), ("gh", 1.0)]),
        ([{"token": 3, "logprob": 0.0}, {"logprob": "0"}, None], [("", 1.0), ("", 0.0)]),
        ([{"token": "a\0", "logprob": 0.0}], [("a\N{REPLACEMENT CHARACTER}", 1.0)]),
        ([], []),
    ],
)
def test_tokens_are_read_as_far_as_they_are_told(told, read):
    choice = {"message": {"content": "highly"}, "finish_reason": "stop", "logprobs": {"content": told}}
    reply = read_chat(json.dumps({"choices": [choice]}).encode())

    assert isinstance(reply, ChatReply)
    assert list(reply.tokens) == read


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_no_answer_is_an_error(content, finish, usage, logprobs):
    choice = {"message": {"content": content}, "finish_reason": finish, "logprobs": {"content": [logprobs]}}
    read = read_chat(json.dumps({"choices": [choice], "usage": usage}).encode())

    assert isinstance(read, ChatReply | ChatFailure)


@given(ANYTHING)
def test_no_json_is_an_error(answer):
    for read in (read_chat, read_models, read_vector):
        for body in (json.dumps(answer).encode(), json.dumps({"data": answer, "choices": answer}).encode()):
            read(body)


@given(st.binary(max_size=40))
def test_no_bytes_are_an_error(body):
    assert isinstance(read_chat(body), ChatFailure)
    assert isinstance(failure_of(500, body), ChatFailure)


def test_endless_nesting_is_garbled():
    assert read_chat(b"[" * 200_000).kind is FailureKind.GARBLED


def test_absurd_counts_are_no_usage():
    usage = {"prompt_tokens": 10**30, "completion_tokens": -1, "prompt_tokens_details": {"cached_tokens": True}}
    choice = {"message": {"content": "a"}, "finish_reason": "stop"}

    assert read_chat(json.dumps({"choices": [choice], "usage": usage}).encode()) == ChatReply("a", "stop")
