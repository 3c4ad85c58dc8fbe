"""Asking a served model from a thread that does other work: questions go in, answers come as they come."""

import asyncio
import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, NamedTuple, Self

from inference.engines.clients import Client, client_of
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, Endpoint, FailureKind
from inference.pipeline.model_answer import Answer, Fault, read_answer

logger = logging.getLogger(__name__)
Asked = tuple[Any, ChatRequest]


class Heard(NamedTuple):
    """What comes of a request: a whole reply with the answer in it, or a failure without. Its tokens are read and gone."""

    outcome: ChatReply | ChatFailure
    answer: Answer | Fault | None = None

    @property
    def fault(self) -> str:
        """What is wrong with a whole reply, in a word, if anything is."""
        return self.answer.kind.value if isinstance(self.answer, Fault) else ""


Answered = tuple[Any, Heard]


class Asking:
    """A client with a loop and a thread of its own: `with Asking(endpoint) as asking`.

    Whoever asks keeps count by `under_way`; as long as it stays near the endpoint's `in_flight` the server is busy while
    the asker prepares what to ask next. Leaving cancels what is under way.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.under_way = 0
        self._done: queue.SimpleQueue[Answered] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._client = client_of(endpoint)
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="asking", daemon=True)
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._broke: Exception | None = None

    def __enter__(self) -> Self:
        """Begin. Raises what kept the client from it."""
        self._thread.start()
        self._ready.wait()
        if self._broke is not None:
            self._thread.join()
            raise self._broke
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def ask(self, asked: Sequence[Asked]) -> None:
        """Send requests; the outcome of each comes back with its tag. The loop is woken once for all of them."""
        self.under_way += len(asked)
        self._loop.call_soon_threadsafe(self._begin, asked)

    def answered(self, timeout: float | None = None) -> Answered | None:
        """The next outcome with its tag, waited for; None if none came in `timeout` seconds. Something must be under way."""
        try:
            tag, outcome = self._done.get(timeout=timeout)
        except queue.Empty:
            return None
        self.under_way -= 1
        return tag, outcome

    @property
    def has_answers(self) -> bool:
        """Whether an outcome is there without waiting."""
        return not self._done.empty()

    def _begin(self, asked: Sequence[Asked]) -> None:
        for tag, request in asked:
            task = self._loop.create_task(self._ask(tag, request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, tag: Any, request: ChatRequest) -> None:
        self._done.put((tag, await heard_of(self._client, request)))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:
            if self._ready.is_set():
                logger.exception("a client could not end")
            self._broke = error
        finally:
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        async with self._client:
            self._ready.set()
            await self._end.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def heard_of(client: Client, request: ChatRequest) -> Heard:
    """What comes of a request; a fault of ours is a failure too, and leaves nobody waiting for ever."""
    try:
        outcome = await client.ask(request)
        return _read(outcome) if isinstance(outcome, ChatReply) else Heard(outcome)
    except Exception as error:
        logger.exception("a request could not be made")
        return Heard(ChatFailure(FailureKind.SERVER, type(error).__name__))


def _read(reply: ChatReply) -> Heard:
    """A reply with the answer that is in it. It is read here, where its tokens are: they are most of what would travel."""
    answer = read_answer(reply.text, finish_reason=reply.finish_reason, tokens=reply.tokens)
    return Heard(replace(reply, tokens=()), answer)
