"""4,400 requests to a server that fails three times of ten: what passes is made good, what stays is counted exactly."""

from collections import Counter

import pytest

from inference.engines.chat import ChatClient, ask_each
from inference.engines.protocol import ChatFailure, FailureKind, Usage
from tests.inference.asking import ANSWER, endpoint, request, run
from tests.scripted_model.script import Always, Call, Drop, Error, FirstThen, Hang, Raw, Reply

pytestmark = pytest.mark.slow
REQUESTS = 4400
PASSING = (
    Error(429, headers={"Retry-After": "0.01"}),
    Error(500),
    Hang(),
    Drop(),
    Drop(30),
    Raw(b'{"choices": [{"mess'),
)
LASTING = {
    FailureKind.BUSY: Always(Error(429)),
    FailureKind.SERVER: Always(Error(502)),
    FailureKind.DROPPED: Always(Drop()),
    FailureKind.GARBLED: Always(Raw(b"<html>")),
    FailureKind.REFUSED: Always(Error(400)),
    FailureKind.CUT: Always(Reply('{"lev', "length")),
    FailureKind.EMPTY: Always(Reply("")),
}


def asked(address: str, **options: object) -> tuple[dict[int, object], Usage]:
    """What came of each request, by its place."""

    async def work() -> tuple[dict[int, object], Usage]:
        to = endpoint(address, timeout=1.0, attempts=4, **options)
        async with ChatClient(to) as client:
            requests = (request(str(number)) for number in range(REQUESTS))
            came = [(one.place, one.outcome) async for one in ask_each(client, requests)]
        assert len(came) == REQUESTS
        return dict(came), client.usage

    return run(work())


def test_passing_faults_lose_nothing(scripted_model):
    good = Reply(ANSWER)
    scripts = [FirstThen((fault, good)) for fault in PASSING]

    def script(call: Call) -> object:
        number = int(call.text)
        return good if number % 10 >= 3 else scripts[number % len(scripts)](call)

    server = scripted_model(script, keep=False)

    outcomes, usage = asked(server.address)

    assert len(outcomes) == REQUESTS
    assert {getattr(outcome, "text", outcome) for outcome in outcomes.values()} == {ANSWER}
    assert server.calls == usage.attempts == REQUESTS + REQUESTS * 3 // 10
    assert sum(usage.faults.values()) == REQUESTS * 3 // 10


def test_lasting_faults_are_counted_exactly(scripted_model):
    kinds = list(LASTING)

    def kind_of(number: int) -> FailureKind | None:
        return kinds[number // 10 % len(kinds)] if number % 10 < 3 else None

    def script(call: Call) -> object:
        kind = kind_of(int(call.text))
        return LASTING[kind](call) if kind else Reply(ANSWER)

    server = scripted_model(script, keep=False)

    outcomes, usage = asked(server.address)

    found = {place: one.kind if isinstance(one, ChatFailure) else None for place, one in outcomes.items()}
    wanted = {place: kind_of(place) for place in range(REQUESTS)}
    assert found == wanted
    counts = Counter(kind for kind in wanted.values() if kind)
    assert usage.faults == {kind: count * (4 if kind.passing else 1) for kind, count in counts.items()}
    assert server.calls == REQUESTS - sum(counts.values()) + sum(usage.faults.values())
