"""The scripted model as a server: in a thread of this process, or in a process of its own for measurements.

with start(Always(Reply('{"level": "highly"}')), delay=0.05) as server:
    ask(server.address)  # http://127.0.0.1:PORT/v1
    assert server.calls == 1
"""

import asyncio
import multiprocessing
import threading
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.scripted_model.model import Counted, Model, Setup
from tests.scripted_model.script import Call, Script

MODEL = "scripted"
HOST = "127.0.0.1"


class Count:
    """A number in this process."""

    value = 0


class Server:
    """A running server: `address` is its base with the version, `calls` the chat requests that reached the script."""

    address: str

    def __init__(self, count: Counted) -> None:
        self._count = count

    @property
    def calls(self) -> int:
        """Chat requests that reached the script."""
        return self._count.value

    def stop(self) -> None:
        """Stop serving; whatever is under way is dropped."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class InThread(Server):
    """A server in a thread of this process; `model` tells what it was asked."""

    def __init__(self, script: Script, setup: Setup) -> None:
        super().__init__(count := Count())
        self.model = Model(script, setup, count)
        self._loop, self._end, self._ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    @property
    def requests(self) -> list[Call]:
        """The chat requests, in order."""
        return list(self.model.requests)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(serve(self.model, self._told, self._end))
        self._loop.close()

    def _told(self, address: str) -> None:
        self.address = address
        self._ready.set()


class InProcess(Server):
    """A server in a process of its own, started afresh: the script must be something that can be pickled."""

    def __init__(self, script: Script, setup: Setup) -> None:
        afresh = multiprocessing.get_context("spawn")
        count = afresh.Value("Q", 0)
        super().__init__(count)
        here, there = afresh.Pipe()
        self._process = afresh.Process(target=serve_alone, args=(script, setup, count, there), daemon=True)
        self._process.start()
        self.address = here.recv()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()


def start(
    script: Script,
    *,
    delay: float = 0.0,
    token: str = "",
    models: tuple[str, ...] = (MODEL,),
    keep: bool = True,
    process: bool = False,
) -> Any:
    """Start a server that answers by `script`, each time after `delay` seconds; `process` gives it one of its own.

    With a `token` it denies whoever brings another. `keep` remembers every request in `requests` (in a thread only).
    """
    setup = Setup(delay, token, models, keep and not process)
    return InProcess(script, setup) if process else InThread(script, setup)


def serve_alone(script: Script, setup: Setup, count: Counted, told: Any) -> None:
    """What the process of a server does until it is stopped."""
    asyncio.run(serve(Model(script, setup, count), told.send, asyncio.Event()))


async def serve(model: Model, told: Any, end: asyncio.Event) -> None:
    """Serve until `end`, and say the address once it is known."""
    runner = web.ServerRunner(web.Server(model.handle, access_log=None, handler_cancellation=True), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    told(f"http://{HOST}:{runner.addresses[0][1]}/v1")
    await end.wait()
    await runner.cleanup()
