"""A client of a served language model: one request in, one reply or one failure out."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from types import TracebackType
from typing import Self

from inference.engines.calling import Caller
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, Endpoint, Usage, Vector
from inference.engines.wire import body_of, encoded, read_chat, read_models, read_vector


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, its place among those handed in, and what came of it."""

    place: int
    request: ChatRequest
    outcome: ChatReply | ChatFailure


class ChatClient:
    """Asks one endpoint, with one warm session for all requests: `async with ChatClient(endpoint) as client`.

    It never raises for anything the server does. `usage` counts what was asked, answered and failed so far.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._caller = Caller(endpoint)

    async def __aenter__(self) -> Self:
        await self._caller.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._caller.__aexit__(kind, error, traceback)

    @property
    def usage(self) -> Usage:
        """What this client has asked and used so far."""
        return self._caller.usage

    async def ask(self, request: ChatRequest) -> ChatReply | ChatFailure:
        """The model's reply to the request, or the failure after every attempt."""
        body = encoded(body_of(self.endpoint.model, request))
        answered = await self._caller.call("/chat/completions", body, read_chat)
        if isinstance(answered, ChatFailure):
            self._count(answered)
            return answered
        self._count(answered.read)
        text = self._caller.hide(answered.read.text)
        return replace(answered.read, text=text, milliseconds=answered.milliseconds, attempts=answered.attempts)

    async def models(self) -> tuple[str, ...] | ChatFailure:
        """The names of the models that the server offers."""
        answered = await self._caller.call("/models", None, read_models)
        return answered if isinstance(answered, ChatFailure) else answered.read

    async def embed(self, text: str) -> Vector | ChatFailure:
        """The vector of a text, from an endpoint that embeds."""
        body = encoded({"model": self.endpoint.model, "input": [text]})
        answered = await self._caller.call("/embeddings", body, read_vector)
        return answered if isinstance(answered, ChatFailure) else Vector(answered.read, answered.milliseconds)

    def _count(self, outcome: ChatReply | ChatFailure) -> None:
        self.usage.prompt_tokens += outcome.prompt_tokens
        self.usage.completion_tokens += outcome.completion_tokens
        self.usage.cached_tokens += outcome.cached_tokens


async def ask_each(client: ChatClient, requests: Iterable[ChatRequest]) -> AsyncIterator[Asked]:
    """What comes of each request, as it comes; they are drawn as there is room, so that any number may be handed in.

    Twice as many are begun as may be under way: some wait before their next attempt. Leaving early cancels the rest.
    """
    source, begun = enumerate(requests), 2 * client.endpoint.in_flight
    under_way: set[asyncio.Task[Asked]] = set()
    done: asyncio.Queue[asyncio.Task[Asked]] = asyncio.Queue()
    try:
        while True:
            for place, request in islice(source, begun - len(under_way)):
                task = asyncio.create_task(_asked(client, place, request))
                task.add_done_callback(done.put_nowait)
                under_way.add(task)
            if not under_way:
                return
            task = await done.get()
            under_way.discard(task)
            yield task.result()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _asked(client: ChatClient, place: int, request: ChatRequest) -> Asked:
    return Asked(place, request, await client.ask(request))
