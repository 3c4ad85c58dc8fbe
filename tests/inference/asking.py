"""What tests of served models ask with: an endpoint that loses no time, and a loop of their own."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inference.engines.chat import ChatClient
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, Endpoint, Message, Usage
from tests.scripted_model.server import MODEL

ANSWER = '{"level": "highly"}'


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """The outcome of the work, in a thread: Playwright may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def endpoint(address: str, **options: Any) -> Endpoint:
    """An endpoint of a scripted model that waits only a moment between attempts."""
    quick = {"timeout": 5.0, "attempts": 3, "pause": 0.001, "rest": 0.02, "patience": 1.0}
    return Endpoint(address, MODEL, **(quick | options))


def request(text: str = "感冒灵", **options: Any) -> ChatRequest:
    """A request with one message."""
    return ChatRequest((Message("user", text),), **options)


def ask(to: Endpoint, *requests: ChatRequest) -> tuple[list[ChatReply | ChatFailure], Usage]:
    """What comes of the requests, asked all at once, and what was used."""

    async def work() -> tuple[list[ChatReply | ChatFailure], Usage]:
        async with ChatClient(to) as client:
            return await asyncio.gather(*map(client.ask, requests)), client.usage

    return run(work())
