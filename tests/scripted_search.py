"""A SearXNG that answers by a script: JSON as the real one sends it, refusals, delays, nonsense.

with Searx(lambda query: [("title", "content", "https://example.org/")]) as searx:
    ask(searx.address)
    assert searx.asked == ["感冒灵"]
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.scripted_model.script import Drop, Error, Hang, Raw
from tests.scripted_model.server import serve

Pages = Iterable[tuple[str, str, str]]
Answer = Pages | Error | Hang | Raw | Drop
Script = Callable[[str], Answer]
NO_JSON = Error(403, "Forbidden")
"""What SearXNG says where `json` is not among the formats of its settings."""


@dataclass
class Told:
    """A script that gives one answer to every query, until it is told another."""

    answer: Answer

    def __call__(self, query: str) -> Answer:
        """The answer of the moment."""
        return self.answer


class Searx:
    """A running service in a thread; `asked` are the queries in the order they came, `tokens` what came with them."""

    address: str

    def __init__(self, script: Script, *, unresponsive: Iterable[tuple[str, str]] = ()) -> None:
        self.script, self.unresponsive = script, [list(one) for one in unresponsive]
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.in_flight = self.most_in_flight = 0
        self._loop, self._end, self._ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request."""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._answered(request)
        finally:
            self.in_flight -= 1

    async def _answered(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/search" or request.query.get("format") != "json":
            return web.Response(text="<html>", content_type="text/html")
        query = request.query["q"]
        self.asked.append(query)
        self.tokens.append(request.headers.get("Authorization", ""))
        match self.script(query):
            case Error() as error:
                return web.Response(status=error.status, text=error.message, headers=dict(error.headers))
            case Raw() as raw:
                return web.Response(body=raw.body, content_type=raw.content_type)
            case Hang() as hang:
                await asyncio.sleep(hang.seconds)
                return web.Response()
            case Drop():
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            case pages:
                await asyncio.sleep(0.002)
                return self._found(query, pages)

    def _found(self, query: str, pages: Any) -> web.Response:
        results = [_result(at, *page) for at, page in enumerate(pages, start=1)]
        told = {
            "query": query,
            "number_of_results": 0,
            "results": results,
            "answers": [],
            "corrections": [],
            "infoboxes": [],
            "suggestions": [],
            "unresponsive_engines": self.unresponsive,
        }
        return web.Response(text=json.dumps(told), content_type="application/json")

    def _run(self) -> None:
        self._loop.run_until_complete(serve(self, self._told, self._end))  # type: ignore[arg-type]
        self._loop.close()

    def _told(self, address: str) -> None:
        self.address = address.removesuffix("/v1")
        self._ready.set()


def _result(at: int, title: str, content: str, url: str) -> dict[str, Any]:
    return {
        "url": url,
        "title": title,
        "content": content,
        "engine": "scripted",
        "parsed_url": ["https", "example.org", "/", "", "", ""],
        "engines": ["scripted"],
        "positions": [at],
        "score": 1 / at,
        "category": "general",
        "publishedDate": None,
    }
