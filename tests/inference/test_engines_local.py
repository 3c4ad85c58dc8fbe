"""Models of this process: where they may lie, that requests become batches, and what is said where one can't be run."""

import asyncio
import sys
import threading
import time
from pathlib import Path

import pytest

from inference.engines import local
from inference.engines.clients import client_of
from inference.engines.local import LocalClient
from inference.engines.place import LocalEngine, Place, read_place
from inference.engines.protocol import ChatFailure, ChatReply, Endpoint, FailureKind
from tests.inference import echo_engine
from tests.inference.asking import request, run


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs as transformers is the engine of these tests."""
    monkeypatch.setitem(local.MODULES, LocalEngine.TRANSFORMERS, echo_engine.__name__)
    monkeypatch.setattr(local, "runners", local.Runners())


def here(folder: Path, **options: object) -> Endpoint:
    """An endpoint whose model this process runs."""
    return Endpoint(f"inprocess:transformers:{folder}", "tiny", **options)


def ask(to: Endpoint, *texts: str) -> list[ChatReply | ChatFailure]:
    """What comes of the texts, asked all at once."""

    async def work() -> list[ChatReply | ChatFailure]:
        async with client_of(to) as client:
            return await asyncio.gather(*(client.ask(request(text)) for text in texts))

    return run(work())


def test_a_place_is_read_and_written_alike() -> None:
    assert read_place("inprocess:vllm:/srv/models/a:b") == Place(LocalEngine.VLLM, Path("/srv/models/a:b"))
    assert str(read_place("inprocess:vllm:/srv/models/a:b")) == "inprocess:vllm:/srv/models/a:b"


@pytest.mark.parametrize(
    "text",
    [
        "inprocess:",
        "inprocess:transformers",
        "inprocess:transformers:",
        "inprocess:transformers:models/a",
        "inprocess:transformers:/srv/models/../../etc",
        "inprocess:transformers:/srv/\nmodels",
        "inprocess:pickle:/srv/models",
        "other:transformers:/srv/models",
    ],
)
def test_what_is_no_plain_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_place(text)


def test_only_folders_of_the_settings_are_allowed_wherever_links_lead(tmp_path: Path) -> None:
    allowed, secret = tmp_path / "models", tmp_path / "secret"
    for folder in (allowed / "a", secret, tmp_path / "models2"):
        folder.mkdir(parents=True)
    (allowed / "link").symlink_to(secret)
    folders = (allowed / "a", allowed, allowed / "link", secret, tmp_path / "models2")

    places = [Place(LocalEngine.VLLM, folder) for folder in folders]

    assert [place.allowed([str(allowed)]) for place in places] == [True, True, False, False, False]
    assert not places[0].allowed([])


def test_requests_that_wait_together_are_answered_in_batches(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(10)]

    replies = ask(here(tmp_path, in_flight=4), *texts)

    assert [reply.text for reply in replies] == texts
    assert sum(echo_engine.batches[tmp_path.name]) == 10
    assert max(echo_engine.batches[tmp_path.name]) == 4


def test_a_model_stays_in_memory_until_two_others_were_asked(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        ask(here(folder), "a")
        ask(here(folder), "b")
    ask(here(folders[0]), "c")

    assert {name: len(echo_engine.batches[name]) for name in ("one", "two", "three")} == {
        "one": 1,
        "two": 2,
        "three": 2,
    }


def test_a_batch_that_breaks_off_fails_and_the_next_one_is_answered(tmp_path: Path) -> None:
    (broken,) = ask(here(tmp_path), echo_engine.BROKEN)
    (reply,) = ask(here(tmp_path), "and now")

    assert (broken.kind, broken.detail) == (FailureKind.UNABLE, "RuntimeError: out of memory")
    assert reply.text == "and now"


def test_who_left_before_the_turn_came_ends_nothing(tmp_path: Path) -> None:
    echo_engine.held.clear()
    runner = local.Runner(Place(LocalEngine.TRANSFORMERS, tmp_path), 1)
    first, gone, last = (local.Waiting(request(text), 60.0) for text in (echo_engine.SLOW, "gone", "last"))
    for one in (first, gone, last):
        runner.put(one)
    assert gone.outcome.cancel()
    echo_engine.held.set()

    assert [one.outcome.result(timeout=5).text for one in (first, last)] == [echo_engine.SLOW, "last"]
    assert echo_engine.batches[tmp_path.name] == [1, 1]


def test_of_a_batch_that_breaks_off_only_the_request_that_broke_it_fails(tmp_path: Path) -> None:
    texts = ["a", "b", echo_engine.BROKEN, "d", "e", "f"]

    replies = ask(here(tmp_path), *texts)

    assert [reply.text if isinstance(reply, ChatReply) else reply.kind for reply in replies] == [
        "a",
        "b",
        FailureKind.UNABLE,
        "d",
        "e",
        "f",
    ]


def test_a_model_that_can_answer_nothing_any_more_is_loaded_anew(tmp_path: Path) -> None:
    (reply,) = ask(here(tmp_path), "before")
    failures = ask(here(tmp_path), echo_engine.DEADLY, "after")
    (again,) = ask(here(tmp_path), "and now")

    assert [one.detail for one in failures] == ["RuntimeError: engine dead"] * 2
    assert (reply.text, again.text) == ("before", "and now")


def test_a_model_that_is_let_go_answers_all_that_was_put_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST_LOADED", 1)
    texts = [f"text {number}" for number in range(40)]

    async def work() -> list[ChatReply | ChatFailure]:
        clients = [LocalClient(here(tmp_path / str(number % 3))) for number in range(len(texts))]
        asked = (client.ask(request(text)) for client, text in zip(clients, texts, strict=True))
        return await asyncio.wait_for(asyncio.gather(*asked), 10)

    for number in range(3):
        (tmp_path / str(number)).mkdir()
    assert [reply.text for reply in run(work())] == texts


def test_a_model_that_hangs_is_given_up(tmp_path: Path) -> None:
    echo_engine.held.clear()
    to = here(tmp_path, in_flight=1, timeout=0.05, patience=0.05)
    began = time.monotonic()
    failures = ask(to, echo_engine.SLOW, "behind it")
    seconds = time.monotonic() - began
    echo_engine.held.set()

    assert [(one.kind, one.detail) for one in failures] == [(FailureKind.TIMED_OUT, "nothing within 0.1 s")] * 2
    assert 0.1 <= seconds < 2
    (reply,) = ask(to, "and now")
    assert reply.text == "and now"


def test_who_waits_in_a_line_that_goes_on_is_not_given_up(tmp_path: Path) -> None:
    to = here(tmp_path, in_flight=1, timeout=0.1, patience=0.1)
    texts = [f"text {number}" for number in range(30)]

    assert [reply.text for reply in ask(to, *texts)] == texts


def test_loading_a_model_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / echo_engine.SLOW_TO_LOAD
    folder.mkdir()
    echo_engine.held.clear()
    threading.Timer(0.3, echo_engine.held.set).start()

    (reply,) = ask(here(folder, timeout=0.05, patience=0.05), "text")

    assert reply.text == "text"


def test_a_missing_library_is_told_with_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(local.MODULES, LocalEngine.TRANSFORMERS, "inference.engines.in_transformers")
    monkeypatch.setitem(sys.modules, "torch", None)

    (failure,) = ask(here(tmp_path), "text")

    assert failure.kind is FailureKind.UNABLE
    assert failure.detail.startswith("transformers can't be imported (import of torch halted")
    assert failure.detail.endswith("install requirements-llm.txt")


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"

    assert ask(here(gone), "text") == [
        ChatFailure(FailureKind.UNABLE, f"there is no folder {gone}", milliseconds=0.0),
    ]
    assert run(LocalClient(here(gone)).models()) == ChatFailure(FailureKind.UNABLE, f"there is no folder {gone}")


def test_what_was_used_is_counted(tmp_path: Path) -> None:
    client = LocalClient(here(tmp_path))

    run(client.ask(request("a")))
    run(client.ask(request(echo_engine.BROKEN)))

    used = client.usage
    assert (used.requests, used.attempts, used.prompt_tokens, used.completion_tokens) == (2, 2, 2, 1)
    assert used.faults == {FailureKind.UNABLE: 1}
