"""Asking from a process of its own: every tag gets its outcome, and nothing of it outlives the asker."""

import pickle
from pathlib import Path
from typing import Self

import pytest

from inference.engines import asking
from inference.engines.asking import Asking
from inference.engines.asking_process import AskingApart, AskingLostError
from inference.engines.local import LocalClient
from inference.engines.protocol import ChatReply, ChatRequest, Endpoint, Message, Secret, TokenChance
from tests.scripted_model.script import Always, Hang, Reply
from tests.scripted_model.server import MODEL


def request(text: str) -> ChatRequest:
    return ChatRequest((Message("user", text),))


def test_every_tag_gets_its_outcome_and_no_command_line_shows_the_token(scripted_model) -> None:
    server = scripted_model(Always(Reply("yes")), token="hidden")
    texts = {}

    with AskingApart(Endpoint(server.address, MODEL, token=Secret("hidden"))) as asking:
        asking.ask([(n, request(str(n))) for n in range(5)])
        command = Path(f"/proc/{asking._process.pid}/cmdline").read_text()
        while asking.under_way and (answered := asking.answered(timeout=10)):
            tag, heard = answered
            texts[tag] = heard.outcome.text, heard.fault

    assert texts == dict.fromkeys(range(5), ("yes", "not_json"))
    assert "hidden" not in command
    assert asking._process.returncode == 0


@pytest.mark.parametrize("asking", [Asking, AskingApart])
def test_an_answer_is_read_where_its_tokens_are(scripted_model, asking) -> None:
    said = '{"mismatched": [], "rules": [3], "level": "highly", "reason": ""}'
    server = scripted_model(Always(Reply(said)))
    with asking(Endpoint(server.address, MODEL)) as asked:
        asked.ask([("a", ChatRequest((Message("user", "a"),), logprobs=True))])
        _tag, heard = asked.answered(timeout=10)
    assert (heard.answer.level, heard.answer.rules, heard.outcome.text, heard.outcome.tokens) == (
        "highly",
        (3,),
        said,
        (),
    )
    assert 0 < heard.answer.confidence <= 1


def test_a_process_that_is_killed_is_missed(scripted_model) -> None:
    server = scripted_model(Always(Hang(30.0)))

    with AskingApart(Endpoint(server.address, MODEL)) as asking:
        asking.ask([("a", request("a"))])
        asking._process.kill()
        with pytest.raises(AskingLostError):
            asking.answered(timeout=10)


class Shut(LocalClient):
    """A client that can't begin."""

    async def __aenter__(self) -> Self:
        raise OSError("too many open files")


def test_a_client_that_cannot_begin_says_why_instead_of_being_waited_for(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(asking, "client_of", Shut)

    with pytest.raises(OSError, match="too many open files"), Asking(Endpoint(f"inprocess:vllm:{tmp_path}", MODEL)):
        pass


@pytest.mark.parametrize("tokens", [(), (TokenChance("hi", 0.5), TokenChance("gh", 0.25), TokenChance("ly", 1.0))])
def test_a_reply_travels_between_processes_whole(tokens) -> None:
    reply = ChatReply("highly", "stop", 3, 2, 1, tokens, milliseconds=5.5, attempts=2)

    assert pickle.loads(pickle.dumps(reply)) == reply
