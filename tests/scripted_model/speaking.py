"""The protocol of the scripted model: answers as OpenAI-compatible servers send them, whole or as a stream."""

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tests.scripted_model.script import Call, Reply

LOGPROB = 0.9


def completion(call: Call, reply: Reply) -> str:
    """The whole answer to a request, as JSON."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": reply.text},
        "finish_reason": reply.finish_reason,
    }
    head = {**_head(call, "chat.completion"), "usage": _usage(call, reply)}
    return f'{_open(head)}, "choices": [{_open(choice)}, "logprobs": {_logprobs(call.body, reply)}}}]}}'


def _open(content: Mapping[str, Any]) -> str:
    """The JSON of an object that goes on."""
    return json.dumps(content, ensure_ascii=False).removesuffix("}")


def stream(call: Call, reply: Reply) -> Iterator[bytes]:
    """The answer piece by piece, as server-sent events; the usage at the end where it was asked for."""
    head = _head(call, "chat.completion.chunk")
    yield _event({**head, "choices": [_delta({"role": "assistant", "content": ""})]})
    text = reply.text or ""
    for start in range(0, len(text), 8):
        yield _event({**head, "choices": [_delta({"content": text[start : start + 8]})]})
    yield _event({**head, "choices": [_delta({}, reply.finish_reason)]})
    if (call.body.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _usage(call, reply)})
    yield b"data: [DONE]\n\n"


def embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """A vector a text, the same for the same text."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = [
        {"object": "embedding", "index": index, "embedding": [len(text) / 100, text.count("药") / 10, 1.0]}
        for index, text in enumerate(texts)
    ]
    size = sum(map(len, texts))
    usage = {"prompt_tokens": size, "total_tokens": size}
    return {"object": "list", "model": body.get("model"), "data": data, "usage": usage}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """The list of models."""
    return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "script"} for name in names]}


def error(message: str, status: int) -> dict[str, Any]:
    """An error as vLLM tells it."""
    return {"error": {"message": message, "type": "ScriptedError", "param": None, "code": status}}


def _head(call: Call, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{call.number}", "object": kind, "created": 0, "model": call.body.get("model")}


def _delta(delta: Mapping[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _event(content: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


def _usage(call: Call, reply: Reply) -> dict[str, Any]:
    """A character counts as a token."""
    prompt, completed = len(call.prompt), len(reply.text or "")
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completed,
        "total_tokens": prompt + completed,
        "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
    }


def _logprobs(body: Mapping[str, Any], reply: Reply) -> str:
    if not body.get("logprobs"):
        return "null"
    wanted = body.get("top_logprobs") or 0
    if not reply.tokens:
        return _made_up(reply.text or "", wanted)
    return _told([_with_others(text, chance, others, wanted) for text, chance, others in reply.tokens])


@lru_cache
def _made_up(text: str, wanted: int) -> str:
    """A token a character. Kept: worked out for every call it would take the processor that is measured beside it."""
    return _told([_with_others(one, LOGPROB, {one: LOGPROB}, wanted) for one in text])


def _told(tokens: list[dict[str, Any]]) -> str:
    return json.dumps({"content": tokens}, ensure_ascii=False)


def _with_others(text: str, chance: float, others: Mapping[str, float], wanted: int) -> dict[str, Any]:
    return {**_token(text, chance), "top_logprobs": [_token(*other) for other in list(others.items())[:wanted]]}


def _token(text: str, chance: float) -> dict[str, Any]:
    return {"token": text, "logprob": math.log(chance), "bytes": list(text.encode())}
