"""Asking a search service: each query once, few at a time, with all the patience that a model's client has."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from inference.engines.calling import Answered, Caller
from inference.engines.protocol import NO_SECRET, ChatFailure, Endpoint, Secret
from inference.engines.searxng import Results, path_for, read_results

LARGEST = 1024 * 1024
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking for one query: results or a failure, after how many attempts, in how many milliseconds."""

    outcome: Results | ChatFailure
    milliseconds: float
    attempts: int


def service_at(address: str, token: Secret = NO_SECRET, *, seconds: float = 8.0, attempts: int = 3) -> Endpoint:
    """How a search service is asked. It stands behind others that lose patience: four queries at a time."""
    return Endpoint(
        address=address,
        model="",
        token=token,
        in_flight=4,
        timeout=seconds,
        attempts=attempts,
        longest_pause=4.0,
        trip=6,
        rest=2.0,
        patience=6.0,
        largest=LARGEST,
    )


def ask_each(service: Endpoint, queries: Collection[str]) -> Mapping[str, Heard]:
    """What came of each of the queries. Raises nothing for whatever the service does."""
    return asyncio.run(_ask_each(service, queries))


async def _ask_each(service: Endpoint, queries: Collection[str]) -> Mapping[str, Heard]:
    async with Caller(service) as caller:
        heard = await asyncio.gather(*(_ask(caller, query) for query in queries))
    return dict(zip(queries, heard, strict=True))


async def _ask(caller: Caller, query: str) -> Heard:
    answered = await caller.call(path_for(query), None, read_results)
    if isinstance(answered, Answered):
        return Heard(answered.read, answered.milliseconds, answered.attempts)
    return Heard(answered, answered.milliseconds, answered.attempts)
