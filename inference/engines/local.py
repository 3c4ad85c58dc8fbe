"""A model in this process, asked as a served one is: requests that wait at the same moment become one batch.

A model is loaded when it is first asked and stays, so that the next one who asks finds it. What runs it is an optional
requirement (`requirements-llm.txt`), imported when the first model is loaded.
"""

import asyncio
import gc
import importlib
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from inference.engines.place import LocalEngine, Place, read_place
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, Endpoint, FailureKind, Usage, Vector
from inference.engines.wire import LONGEST_DETAIL, storable

Outcome = ChatReply | ChatFailure
GoOn = Callable[[], bool]
MODULES = {
    LocalEngine.TRANSFORMERS: "inference.engines.in_transformers",
    LocalEngine.VLLM: "inference.engines.in_vllm",
}
NO_PICTURES = ChatFailure(FailureKind.UNABLE, "a model in this process takes no pictures")
REQUIREMENTS = "requirements-llm.txt"
MOST_LOADED = 2
"""Models kept in memory; the one that was asked least recently goes when another is loaded."""
GATHERED = 0.01
"""Seconds that the first request of a batch waits for others."""
LONGEST_LOADING = 1800.0
"""Seconds that a model may take until it is in memory."""
LOOKED_AT = 1.0
"""Seconds between two looks at whether a model that is waited for still goes on."""


class LocalModel(Protocol):
    """A model in memory."""

    def replies(self, requests: Sequence[ChatRequest], go_on: GoOn) -> list[Outcome]:
        """What comes of each request, in order. Once `go_on` says no, the rest is given up."""


@dataclass(slots=True)
class Waiting:
    """A request that waits for its turn. `left`: nobody waits for its outcome any more."""

    request: ChatRequest
    timeout: float
    outcome: Future[Outcome] = field(default_factory=Future)
    left: bool = False


class Runner:
    """Loads one model and runs it in a thread of its own, batch by batch."""

    def __init__(self, place: Place, most: int) -> None:
        self.most = most
        self._place = place
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._model: LocalModel | None = None
        self._broke = Exception()
        self._loading = False
        self._moved = time.monotonic()
        threading.Thread(target=self._run, name=f"model {place.folder.name}", daemon=True).start()

    def put(self, waiting: Waiting) -> None:
        """Have a request answered in its turn."""
        self._waiting.put(waiting)

    def hangs(self, since: float, patience: float) -> bool:
        """Whether it did not go on for so many seconds, of those since a moment; it may take longer to load."""
        allowed = max(LONGEST_LOADING, patience) if self._loading else patience
        return time.monotonic() - max(since, self._moved) >= allowed

    def end(self) -> None:
        """Let the model go once all that waits is answered."""
        self._waiting.put(None)

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            wanted = [one for one in batch if one.outcome.set_running_or_notify_cancel()]
            outcomes = self._outcomes(wanted)
            for one in wanted:
                one.outcome.set_result(outcomes.get(id(one)) or unable(self._place, self._broke))
            if wanted and not outcomes:
                self._model = None  # perhaps it can't answer any more: the next batch finds one loaded anew
                gc.collect()

    def _outcomes(self, batch: Sequence[Waiting]) -> dict[int, Outcome]:
        """What comes of requests, those left out that the model broke off over: a larger batch is tried by halves."""
        if not batch:
            return {}
        try:
            self._model = self._model or self._loaded()
            self._moved = time.monotonic()
            return {id(one): said for one, said in zip(batch, _timed(self._model, batch), strict=True)}
        except Exception as error:
            self._broke = error.with_traceback(None)  # its frames would hold what a batch takes in memory
        if self._model is None or len(batch) == 1:
            return {}
        middle = len(batch) // 2
        return self._outcomes(batch[:middle]) | self._outcomes(batch[middle:])

    def _loaded(self) -> LocalModel:
        self._loading, self._moved = True, time.monotonic()
        try:
            return load_model(self._place)
        finally:
            self._loading, self._moved = False, time.monotonic()

    def _next(self) -> list[Waiting] | None:
        """The requests of the next batch, waited for; None once the model is let go."""
        first = self._waiting.get()
        if first is None:
            return None
        time.sleep(GATHERED)
        batch = [first]
        while len(batch) < self.most and not self._waiting.empty():
            one = self._waiting.get()
            if one is None:
                self._waiting.put(None)
                break
            batch.append(one)
        return batch


class Runners:
    """The models of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Place, Runner] = OrderedDict()

    def ask(self, place: Place, most: int, waiting: Waiting) -> Runner:
        """Have the model of a place answer a request in its turn, `most` at a time. Nothing is put behind its end."""
        with self._lock:
            runner = self._kept.pop(place, None) or Runner(place, most)
            runner.most = most
            self._kept[place] = runner
            while len(self._kept) > MOST_LOADED:
                self._kept.popitem(last=False)[1].end()
            runner.put(waiting)
            return runner


runners = Runners()


class LocalClient:
    """Asks a model of this process, as `ChatClient` asks a server: the same methods, records and failures."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.usage = Usage()
        self._place = read_place(endpoint.address)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return

    async def ask(self, request: ChatRequest) -> Outcome:
        """The model's reply to the request, or why there is none. Nothing is tried again: nothing is lost on a way.

        A model that does nothing for `timeout` and `patience` seconds is given up; one that answers others first is not.
        """
        self.usage.requests += 1
        self.usage.attempts += 1
        waiting = Waiting(request, self.endpoint.timeout)
        runner = runners.ask(self._place, self.endpoint.in_flight, waiting)
        coming = asyncio.wrap_future(waiting.outcome)
        try:
            outcome = await self._waited_for(coming, runner)
        finally:
            waiting.left = not coming.done()
            coming.cancel()
        self._count(outcome)
        return outcome

    async def _waited_for(self, coming: asyncio.Future[Outcome], runner: Runner) -> Outcome:
        since, patience = time.monotonic(), self.endpoint.timeout + self.endpoint.patience
        while not coming.done():
            if runner.hangs(since, patience):
                waited = (time.monotonic() - since) * 1000
                return ChatFailure(FailureKind.TIMED_OUT, f"nothing within {patience:g} s", milliseconds=waited)
            await asyncio.wait({coming}, timeout=min(LOOKED_AT, patience))
        return coming.result()

    async def models(self) -> tuple[str, ...] | ChatFailure:
        """The model that is in the folder, under the name that the endpoint gives it."""
        if not self._place.folder.is_dir():
            return unable(self._place, NotADirectoryError(str(self._place.folder)))
        return (self.endpoint.model,)

    async def embed(self, text: str) -> Vector | ChatFailure:
        """No model of this process embeds."""
        return ChatFailure(FailureKind.UNABLE, "a model in this process embeds no texts")

    def _count(self, outcome: Outcome) -> None:
        self.usage.prompt_tokens += outcome.prompt_tokens
        self.usage.completion_tokens += outcome.completion_tokens
        self.usage.cached_tokens += outcome.cached_tokens
        if isinstance(outcome, ChatFailure):
            self.usage.faults[outcome.kind] = self.usage.faults.get(outcome.kind, 0) + 1


def load_model(place: Place) -> LocalModel:
    """The model of a place in memory. Raises ImportError where its engine is not installed, and what the engine raises."""
    if not place.folder.is_dir():
        raise NotADirectoryError(str(place.folder))
    build: Callable[[Path], LocalModel] = importlib.import_module(MODULES[place.engine]).load
    return build(place.folder)


def unable(place: Place, error: Exception) -> ChatFailure:
    """In words, why this process can't run a model."""
    if isinstance(error, ImportError):
        said = f"{place.engine} can't be imported ({error}): install {REQUIREMENTS}"
    elif isinstance(error, NotADirectoryError):
        said = f"there is no folder {place.folder}"
    else:
        said = f"{type(error).__name__}: {error}"
    return ChatFailure(FailureKind.UNABLE, storable(" ".join(said.split()))[:LONGEST_DETAIL])


def _timed(model: LocalModel, batch: Sequence[Waiting]) -> list[Outcome]:
    """The outcomes of a batch. It ends early when its time is over, or when nobody waits any more."""
    started = time.monotonic()
    until = started + max(one.timeout for one in batch)
    outcomes = model.replies(
        [one.request for one in batch], lambda: time.monotonic() < until and not all(one.left for one in batch)
    )
    milliseconds = (time.monotonic() - started) * 1000
    return [replace(outcome, milliseconds=milliseconds) for outcome in outcomes]
