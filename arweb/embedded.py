"""The embedded worker: a Celery thread in the web process, over a queue in memory."""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

from celery.worker import WorkController, state
from celery.worker.consumer import Consumer

from annotation.tasks import resume_imports
from arweb.celery import app
from arweb.receivers import watch
from inference.case_tasks import resume_cases
from inference.name_tasks import resume_inquiries
from inference.services.runs import resume_runs
from inference.tasks import resume_checks, resume_comparisons, resume_pictures, resume_shadows
from rules.tasks import resume_notifications

STOP_SECONDS = 10
RESTART_SECONDS = 1

logger = logging.getLogger(__name__)


class AlreadyServedError(Exception):
    """Another process serves this folder. `holder` says which, where known."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class FolderLock:
    """One embedded process a folder: it alone may take over the claims a dead one left. Goes with the process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "serve.lock"
        self._file: TextIOWrapper | None = None

    def take(self, note: str) -> None:
        """Hold the folder until the process ends, leaving `note` for others. Raises AlreadyServedError."""
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip()
            file.close()
            raise AlreadyServedError(holder) from error
        file.truncate(0)
        file.write(note)
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let others have the folder."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Worker(WorkController):  # type: ignore[misc]
    """A worker that tells when it is ready instead of installing signal handlers."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self._ready = ready
        super().__init__(
            app=app,
            pool="solo",
            concurrency=1,
            hostname="embedded@localhost",
            loglevel="WARNING",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )

    def on_consumer_ready(self, consumer: Consumer) -> None:
        """Called in the worker's thread, once it takes tasks."""
        self._ready()
        watch(consumer)


def take_up_everything() -> None:
    """Announce what an earlier worker left. Nobody else works here, so that its claims are void."""
    resume_runs(alone=True)
    resume_imports()
    resume_pictures()
    resume_cases()
    resume_checks(alone=True)
    resume_comparisons()
    resume_inquiries(alone=True)
    resume_shadows()
    resume_notifications()


class EmbeddedWorker:
    """The thread that does the tasks of this process. `take_up` is called whenever it begins."""

    def __init__(self, take_up: Callable[[], None] = take_up_everything) -> None:
        self._take_up = take_up
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Take up work, first of all what an earlier process left."""
        app.finalize()
        app.set_current()
        app.set_default()
        self._thread.start()
        self._ready.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End after the task at hand; the thread of an idle worker goes with the process."""
        self._stopping.set()
        state.should_stop = 0
        deadline = time.monotonic() + STOP_SECONDS
        while self._thread.is_alive() and state.active_requests and time.monotonic() < deadline:
            time.sleep(0.02)

    def _work(self) -> None:
        """Work until told to stop. A worker that ends by itself is followed by another, which takes up what it held."""
        app.set_current()
        while not self._stopping.is_set():
            try:
                Worker(self._begin).start()
            except (Exception, SystemExit):
                logger.exception("the worker failed")
            if not self._stopping.wait(RESTART_SECONDS):
                logger.error("the worker ended by itself and is started again")
                state.reset_state()

    def _begin(self) -> None:
        self._take_up()
        self._ready.set()
