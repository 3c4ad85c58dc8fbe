"""How the scripted model answers a request over HTTP."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from tests.scripted_model import speaking
from tests.scripted_model.script import Answer, Call, Drop, Error, Hang, Raw, Script


class Counted(Protocol):
    """Where calls are counted: a number in this process, or one that processes share."""

    value: int


@dataclass(frozen=True, slots=True)
class Setup:
    """Seconds before every answer, the token asked for, the models there are, and whether requests are remembered."""

    delay: float
    token: str
    models: tuple[str, ...]
    keep: bool


class Model:
    """Answers requests by the script. Requests whose connection was closed before the answer count as `abandoned`."""

    def __init__(self, script: Script, setup: Setup, count: Counted) -> None:
        self.script, self.setup, self.count = script, setup, count
        self.requests: list[Call] = []
        self.in_flight = self.most_in_flight = self.abandoned = 0
        self._seen: Counter[int] = Counter()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request to the server."""
        if self.setup.token and request.headers.get("Authorization") != f"Bearer {self.setup.token}":
            told = request.headers.get("Authorization", "none")
            return _json(speaking.error(f"Incorrect API key provided: {told}", 401), 401)
        if request.path == "/v1/models":
            return _json(speaking.models(self.setup.models))
        if request.path == "/v1/embeddings":
            return _json(speaking.embeddings(json.loads(await request.read())))
        if request.path != "/v1/chat/completions" or request.method != "POST":
            return _json(speaking.error("Not Found", 404), 404)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._chat(request)
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        finally:
            self.in_flight -= 1

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        content = await request.read()
        body = json.loads(content)
        if body.get("model") not in self.setup.models:
            return _json(speaking.error(f"The model `{body.get('model')}` does not exist.", 404), 404)
        if not body.get("messages"):
            return _json(speaking.error("messages: field required", 400), 400)
        call = self._counted(body, content, request.headers.get("Authorization", ""))
        answer = self.script(call)
        await asyncio.sleep(self.setup.delay + getattr(answer, "delay", 0.0))
        return await _sent(request, call, answer)

    def _counted(self, body: dict[str, Any], content: bytes, authorization: str) -> Call:
        self.count.value += 1
        self._seen[hash(content)] += 1
        call = Call(self.count.value, self._seen[hash(content)], body, authorization)
        if self.setup.keep:
            self.requests.append(call)
        return call


async def _sent(request: web.BaseRequest, call: Call, answer: Answer) -> web.StreamResponse:
    match answer:
        case Error():
            return _json(speaking.error(answer.message, answer.status), answer.status, dict(answer.headers))
        case Raw():
            return web.Response(body=answer.body, content_type=answer.content_type)
        case Hang():
            await asyncio.sleep(answer.seconds)
            return _dropped(request)
        case Drop():
            return await _broken_off(request, answer.after)
    if call.body.get("stream"):
        return await _streamed(request, speaking.stream(call, answer))
    return _sent_as_json(speaking.completion(call, answer))


async def _streamed(request: web.BaseRequest, pieces: Iterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


async def _broken_off(request: web.BaseRequest, after: int) -> web.StreamResponse:
    """The connection closed after so many bytes of a longer answer."""
    if not after:
        return _dropped(request)
    response = web.StreamResponse(headers={"Content-Length": str(after + 1000), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b"{" + b" " * (after - 1))
    return _dropped(request, response)


def _dropped(request: web.BaseRequest, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response or web.Response()


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return _sent_as_json(json.dumps(content, ensure_ascii=False), status, headers)


def _sent_as_json(text: str, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=text.encode(), status=status, headers=headers, content_type="application/json")
