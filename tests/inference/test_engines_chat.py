"""Tests of `inference/engines/chat.py` against the scripted model: each kind of fault, how often it is tried, what is counted."""

import socket
import time
from dataclasses import replace

import pytest

from inference.engines.chat import ChatClient, ask_each
from inference.engines.protocol import ChatFailure, ChatReply, FailureKind, TokenChance
from tests.inference.asking import ANSWER, ask, endpoint, request, run
from tests.scripted_model.script import Always, Call, Drop, Error, FirstThen, Hang, Raw, Reply

GOOD = Reply(ANSWER)
GARBLED = b'{"choices": [{"message": {"content": "{\\"lev'
LASTING = {
    "busy": (Error(429, "slow down"), FailureKind.BUSY, "HTTP 429 slow down", "", 3),
    "server": (Error(503, "overloaded"), FailureKind.SERVER, "HTTP 503 overloaded", "", 3),
    "timed out": (Hang(), FailureKind.TIMED_OUT, "nothing within 0.1 s", "", 3),
    "dropped": (Drop(), FailureKind.DROPPED, "ServerDisconnectedError: Server disconnected", "", 3),
    "garbled": (Raw(GARBLED), FailureKind.GARBLED, "no choice with a message", GARBLED.decode(), 3),
    "a page": (Raw(b"<html>"), FailureKind.GARBLED, "no choice with a message", "<html>", 3),
    "unfinished": (Reply("yes", None), FailureKind.GARBLED, "finish_reason missing", "yes", 3),
    "refused": (Error(400, "prompt too long"), FailureKind.REFUSED, "HTTP 400 prompt too long", "", 1),
    "moved": (Error(302, "elsewhere", {"Location": "/"}), FailureKind.REFUSED, "HTTP 302 elsewhere", "", 1),
    "denied": (Error(403, "not you"), FailureKind.DENIED, "HTTP 403 not you", "", 1),
    "cut": (Reply('{"lev', "length"), FailureKind.CUT, "finish_reason length", '{"lev', 1),
    "empty": (Reply(" \n"), FailureKind.EMPTY, "finish_reason stop", " \n", 1),
    "no text": (Reply(None), FailureKind.EMPTY, "finish_reason stop", "", 1),
    "withheld": (Reply("no", "content_filter"), FailureKind.WITHHELD, "finish_reason content_filter", "no", 1),
}


def test_a_reply_comes_whole_with_its_usage(scripted_model):
    server = scripted_model(Always(Reply(ANSWER, cached_tokens=2)))

    [reply], usage = ask(endpoint(server.address), request("感冒灵"))

    assert replace(reply, milliseconds=0) == ChatReply(ANSWER, "stop", 3, 19, cached_tokens=2)
    assert reply.milliseconds > 0
    assert (usage.requests, usage.attempts, usage.faults) == (1, 1, {})
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (3, 19, 2)


@pytest.mark.parametrize(("answer", "kind", "detail", "raw", "attempts"), LASTING.values(), ids=LASTING)
def test_a_lasting_fault_is_a_failure_of_its_kind(scripted_model, answer, kind, detail, raw, attempts):
    server = scripted_model(Always(answer))

    [failure], usage = ask(endpoint(server.address, timeout=0.1), request())

    assert (failure.kind, failure.detail, failure.raw, failure.attempts) == (kind, detail, raw, attempts)
    assert server.calls == usage.attempts == attempts
    assert usage.faults == {kind: attempts}


@pytest.mark.parametrize("fault", [Error(429), Error(500), Hang(), Drop(), Drop(40), Raw(GARBLED)], ids=repr)
def test_a_passing_fault_is_no_failure(scripted_model, fault):
    server = scripted_model(FirstThen((fault, fault, GOOD)))

    [reply], _usage = ask(endpoint(server.address, timeout=0.1), request())

    assert (reply.text, reply.attempts, server.calls) == (ANSWER, 3, 3)


def test_a_server_that_is_not_there_is_a_dropped_connection():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"

        [failure], usage = ask(endpoint(address), request())

    assert (failure.kind, failure.attempts, usage.faults) == (FailureKind.DROPPED, 3, {FailureKind.DROPPED: 3})


def test_the_kinds_of_many_failures_are_counted_exactly(scripted_model):
    scripts = {"busy": Always(Error(429)), "once": FirstThen((Error(500), GOOD)), "cut": Always(Reply("{", "length"))}
    server = scripted_model(lambda call: scripts[call.text.split()[0]](call))
    requests = [request(f"{kind} {number}") for kind in scripts for number in range(20)]

    outcomes, usage = ask(endpoint(server.address, trip=1000), *requests)

    kinds = [outcome.kind for outcome in outcomes if isinstance(outcome, ChatFailure)]
    assert kinds == [FailureKind.BUSY] * 20 + [FailureKind.CUT] * 20
    assert usage.faults == {FailureKind.BUSY: 60, FailureKind.SERVER: 20, FailureKind.CUT: 20}
    assert (usage.requests, usage.attempts, server.calls) == (60, 120, 120)


def test_a_server_that_names_a_wait_is_left_alone_that_long(scripted_model):
    times = []

    def script(call: Call) -> Error | Reply:
        times.append(time.monotonic())
        return Error(429, headers={"Retry-After": "0.15"}) if call.seen == 1 else GOOD

    server = scripted_model(script)

    [reply], _usage = ask(endpoint(server.address), request())

    assert reply.attempts == 2
    assert times[1] - times[0] >= 0.15


def test_a_server_that_asks_for_more_patience_than_there_is_gets_no_second_attempt(scripted_model):
    server = scripted_model(Always(Error(429, headers={"Retry-After": "3600"})))

    [failure], _usage = ask(endpoint(server.address), request())

    assert (failure.kind, failure.attempts, server.calls) == (FailureKind.BUSY, 1, 1)


def test_no_more_calls_are_under_way_than_allowed(scripted_model):
    server = scripted_model(Always(GOOD), delay=0.02)

    outcomes, _usage = ask(endpoint(server.address, in_flight=4), *map(request, map(str, range(20))))

    assert len(outcomes) == server.calls == 20
    assert server.model.most_in_flight == 4


def test_what_is_sent_is_bound_to_the_schema_and_does_not_think(scripted_model):
    server = scripted_model(Always(GOOD))
    schema = {"type": "object", "properties": {"level": {"enum": ["highly"]}}}

    ask(endpoint(server.address), request("药", schema=schema, schema_name="verdict", seed=7, max_tokens=50))

    assert server.requests[0].body == {
        "model": "scripted",
        "messages": [{"role": "user", "content": "药"}],
        "max_tokens": 50,
        "temperature": 0.0,
        "stream": False,
        "chat_template_kwargs": {"enable_thinking": False},
        "seed": 7,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "strict": True, "schema": schema},
        },
    }


def test_probabilities_come_where_they_are_asked_for(scripted_model):
    server = scripted_model(Always(Reply("ab", tokens=(("ab", 0.75, {"ab": 0.75, "c": 0.25}),))))

    [reply], _usage = ask(endpoint(server.address), request(logprobs=True, top_logprobs=2))

    [token] = reply.tokens
    assert token == TokenChance("ab", pytest.approx(0.75))


def test_text_that_no_database_takes_is_made_storable(scripted_model):
    server = scripted_model(
        Always(Raw(rb'{"choices":[{"message":{"content":"a\u0000b\ud800"},"finish_reason":"stop"}]}'))
    )

    [reply], _usage = ask(endpoint(server.address), request("half a pair: \ud83d"))

    assert (reply.text, server.requests[0].text) == ("a\N{REPLACEMENT CHARACTER}b?", "half a pair: ?")


def test_many_requests_are_drawn_as_there_is_room(scripted_model):
    server = scripted_model(Always(GOOD))
    drawn = []

    def requests():
        for number in range(100):
            drawn.append(number)
            yield request(str(number))

    async def work() -> tuple[list[int], int]:
        async with ChatClient(endpoint(server.address, in_flight=2)) as client:
            told = ask_each(client, requests())
            first = await anext(told)
            begun = len(drawn)
            return [first.place, *[one.place async for one in told]], begun

    places, begun = run(work())

    assert sorted(places) == list(range(100))
    assert begun <= 5


def test_models_and_vectors_are_read(scripted_model):
    server = scripted_model(Always(GOOD), models=("scripted", "other"))

    async def work() -> tuple[object, object]:
        async with ChatClient(endpoint(server.address)) as client:
            return await client.models(), (await client.embed("感冒药")).numbers

    assert run(work()) == (("scripted", "other"), (0.03, 0.1, 1.0))
