"""Models of this process: where they may lie, that requests become batches, and what is said where one can't be run."""

import asyncio
import sys
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
