"""Tests of the circuit breaker, of cancelling, and of what is never told, against the scripted model."""

import asyncio
import copy
import logging
import pickle
import time
import traceback
from dataclasses import asdict

import pytest

from inference.engines.chat import ChatClient, ask_each
from inference.engines.circuit import Circuit, Turn
from inference.engines.protocol import FailureKind, Secret
from tests.inference.asking import ANSWER, ask, endpoint, request, run
from tests.scripted_model.script import Always, Call, Drop, Error, Hang, Raw, Reply

GOOD = Reply(ANSWER)
TOKEN = "sk-Tr0ub4dor/and+3=secret"


def test_a_server_that_fails_for_everyone_is_left_alone(scripted_model):
    server = scripted_model(Always(Error(500)))
    requests = [request(str(number)) for number in range(200)]

    failures, usage = ask(endpoint(server.address, in_flight=8, trip=5, rest=0.03, patience=0.1), *requests)

    assert {failure.kind for failure in failures} == {FailureKind.SERVER, FailureKind.RESTING}
    assert server.calls < 30
    assert usage.faults == {FailureKind.SERVER: server.calls, FailureKind.RESTING: 200 - _whole(failures, attempts=3)}


def _whole(failures, *, attempts):
    return sum(failure.attempts == attempts for failure in failures)


def test_requests_that_fail_ever_again_do_not_make_a_server_sick(scripted_model):
    server = scripted_model(lambda call: Error(500) if int(call.text) % 2 else GOOD)
    requests = [request(str(number)) for number in range(60)]

    came, usage = ask(endpoint(server.address, in_flight=8, trip=10, patience=0.05, attempts=4), *requests)

    assert [getattr(one, "kind", None) for one in came] == [None, FailureKind.SERVER] * 30
    assert usage.faults == {FailureKind.SERVER: 30 * 4}


def test_a_server_that_comes_back_loses_nothing(scripted_model):
    back = time.monotonic() + 0.15

    def script(call: Call) -> Reply | Error:
        return GOOD if time.monotonic() > back else Error(503)

    server = scripted_model(script)
    requests = [request(str(number)) for number in range(100)]

    replies, _usage = ask(endpoint(server.address, in_flight=8, trip=5, rest=0.03, attempts=6), *requests)

    assert [reply.text for reply in replies] == [ANSWER] * 100
    assert server.calls < 130


def test_one_request_tries_while_the_others_wait():
    async def work() -> list[Turn]:
        circuit = Circuit(trip=1, rest=0.02, patience=5)
        circuit.failed(await circuit.enter())
        turns = [asyncio.create_task(circuit.enter()) for _ in range(3)]
        await asyncio.sleep(0.04)
        trying = [turn.result() for turn in turns if turn.done()]
        circuit.worked()
        return trying + [turn for turn in await asyncio.gather(*turns) if turn is not Turn.TRY]

    assert run(work()) == [Turn.TRY, Turn.SEND, Turn.SEND]


def test_one_that_tries_and_is_cancelled_lets_another_try():
    async def work() -> list[Turn]:
        circuit = Circuit(trip=1, rest=0, patience=5)
        circuit.failed(await circuit.enter())
        first = await circuit.enter()
        second = asyncio.create_task(circuit.enter())
        await asyncio.sleep(0)
        circuit.left(first)
        return [first, await second]

    assert run(work()) == [Turn.TRY, Turn.TRY]


def test_nobody_waits_beyond_patience():
    async def work() -> list[Turn]:
        circuit = Circuit(trip=1, rest=0.02, patience=0.04)
        circuit.failed(await circuit.enter())
        trial = await circuit.enter()
        return [trial, await circuit.enter()]

    assert run(work()) == [Turn.TRY, Turn.AWAY]


def test_faults_between_successes_trip_nothing():
    async def work() -> Turn:
        circuit = Circuit(trip=3, rest=60, patience=0)
        for _ in range(10):
            circuit.failed(await circuit.enter())
            circuit.failed(await circuit.enter())
            circuit.worked()
        return await circuit.enter()

    assert run(work()) is Turn.SEND


def test_cancelling_closes_the_connection_and_frees_the_room(scripted_model):
    server = scripted_model(lambda call: Hang() if call.text == "hang" else GOOD)

    async def work() -> str:
        async with ChatClient(endpoint(server.address, in_flight=1)) as client:
            hanging = asyncio.create_task(client.ask(request("hang")))
            while not server.calls:
                await asyncio.sleep(0.005)
            hanging.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hanging
            return (await client.ask(request("go on"))).text

    assert run(work()) == ANSWER
    assert server.model.abandoned == 1


def test_leaving_many_requests_early_cancels_the_rest(scripted_model):
    server = scripted_model(lambda call: GOOD if call.text == "0" else Hang())

    async def work() -> int:
        async with ChatClient(endpoint(server.address, in_flight=4)) as client:
            told = ask_each(client, (request(str(number)) for number in range(1000)))
            first = await anext(told)
            await told.aclose()
            return first.place + len(asyncio.all_tasks()) - 1

    assert run(work()) == 0
    assert server.calls <= 5


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Error(500, f"bad header Authorization: Bearer {TOKEN}"),
        Error(400, "x" * 280 + TOKEN),
        Raw(f"<p>{TOKEN}</p>".encode()),
        Raw(f'{{"error": "{TOKEN.replace("/", chr(92) + "/")}"}}'.encode()),
        Reply(f"your token is {TOKEN}"),
        Reply(f"your token is {TOKEN}", "length"),
        Drop(),
        Hang(),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_the_token_is_in_no_outcome_and_no_log(scripted_model, caplog, answer):
    caplog.set_level(logging.DEBUG)
    server = scripted_model(Always(answer or GOOD), token="another" if answer is None else TOKEN)

    [outcome], usage = ask(endpoint(server.address, token=Secret(TOKEN), timeout=0.1, attempts=2), request())

    assert outcome.attempts >= 1
    assert TOKEN[:8] not in repr(outcome) + repr(usage) + caplog.text


def test_the_token_is_sent(scripted_model):
    server = scripted_model(Always(GOOD), token=TOKEN)

    [reply], _usage = ask(endpoint(server.address, token=Secret(TOKEN)), request())

    assert (reply.text, server.requests[0].authorization) == (ANSWER, f"Bearer {TOKEN}")


def test_an_endpoint_shows_no_token_however_it_is_shown():
    shown = endpoint("http://127.0.0.1/v1", token=Secret(TOKEN))
    try:
        raise ValueError(shown, vars(ChatClient(shown)))
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert TOKEN not in f"{shown} {shown!r} {asdict(shown)} {shown.token} {shown.token!s:>5}" + told


def test_a_secret_survives_a_copy_and_is_equal_to_its_like():
    secret = Secret(TOKEN)

    assert pickle.loads(pickle.dumps(secret)).reveal() == copy.deepcopy(secret).reveal() == TOKEN
    assert secret == Secret(TOKEN) != Secret("other")
    assert (bool(secret), bool(Secret())) == (True, False)
