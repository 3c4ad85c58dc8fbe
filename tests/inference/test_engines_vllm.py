"""How vLLM is asked for batches, with a stand-in for the library; `make check-vllm` asks the real one."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from inference.engines.protocol import ChatReply, ChatRequest
from tests.inference.asking import request

MODULE = "inference.engines.in_vllm"


class Recorder:
    """What vLLM is in memory: it answers with the last message, and notes what it was asked at a time."""

    def __init__(self) -> None:
        self.batches: list[tuple[bool, list[str]]] = []

    def chat(self, conversations: Sequence[Any], *, chat_template_kwargs: dict[str, bool], **_manner: Any) -> list[Any]:
        texts = [messages[-1]["content"] for messages in conversations]
        self.batches.append((chat_template_kwargs["enable_thinking"], texts))
        return [_said(text) for text in texts]


def _said(text: str) -> Any:
    output = SimpleNamespace(text=text, finish_reason="stop", token_ids=(), logprobs=None)
    return SimpleNamespace(outputs=[output], prompt_token_ids=(), num_cached_tokens=0)


@pytest.fixture
def in_vllm(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    names: dict[str, Any] = {
        "torch": {},
        "vllm": {"LLM": Recorder, "SamplingParams": dict},
        "vllm.exceptions": {"VLLMValidationError": KeyError},
        "vllm.sampling_params": {"StructuredOutputsParams": dict},
    }
    for name, content in names.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield importlib.import_module(MODULE)
    sys.modules.pop(MODULE, None)


def thinking(one: ChatRequest) -> ChatRequest:
    return replace(one, thinking=True)


def test_each_request_thinks_or_not_as_it_asks(in_vllm: ModuleType) -> None:
    model = Recorder()
    asked = [request("a"), thinking(request("b")), request("c"), thinking(request("d"))]

    replies = in_vllm.VllmModel(model).replies(asked, lambda: True)

    assert [reply.text for reply in replies if isinstance(reply, ChatReply)] == ["a", "b", "c", "d"]
    assert sorted(model.batches) == [(False, ["a", "c"]), (True, ["b", "d"])]


def test_requests_that_are_alike_stay_one_batch(in_vllm: ModuleType) -> None:
    model = Recorder()
    in_vllm.VllmModel(model).replies([request("a"), request("b")], lambda: True)
    assert model.batches == [(False, ["a", "b"])]
