"""The web process: one folder, one port, and where embedded one worker thread."""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import NoReturn, Protocol, cast

import waitress
from django.conf import settings
from django.core.management.base import CommandError

from arweb.embedded import AlreadyServedError, EmbeddedWorker, FolderLock
from arweb.wsgi import application

THREADS = 8
LARGEST_BODY = 2 * settings.IMPORT_MAX_BYTES
"""Bytes that a request may hold: an upload somewhat too large still gets the page that says so, more is cut off."""


class WebServer(Protocol):
    """What of waitress's server is used here."""

    def run(self) -> None:
        """Answer until interrupted."""

    def close(self) -> None:
        """Let go of the port."""


def serve(*, prepare: Callable[[], None], announce: Callable[[str], None]) -> None:
    """Serve until told to stop. Folder and port are held before `prepare` touches anything; `announce` gets the address.

    Raises CommandError when another process has the folder or the port.
    """
    signal.signal(signal.SIGTERM, _stop)
    address = f"http://{settings.HOST}:{settings.PORT}"
    lock = FolderLock(settings.VAR_DIR)
    if settings.EMBEDDED:
        take(lock, f"{address} (process {os.getpid()})")
    server = listen(settings.HOST, settings.PORT)
    try:
        prepare()
        work_and_answer(server, EmbeddedWorker() if settings.EMBEDDED else None, lambda: announce(address))
    finally:
        server.close()
        lock.release()


def take(lock: FolderLock, note: str) -> None:
    """Hold the folder, or say who does."""
    try:
        lock.take(note)
    except AlreadyServedError as error:
        raise CommandError(
            f"{settings.VAR_DIR} is being served already: {error.holder or 'by another process'}. Stop that first."
        ) from error


def listen(host: str, port: int) -> WebServer:
    """Hold the port, or say that it is in use."""
    try:
        server = waitress.create_server(
            application,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=False,  # HTTPS and TRUSTED_PROXIES say which of them are believed
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        other = port + 1 if port < 65535 else 8000
        raise CommandError(
            f"Port {port} on {host} can't be used ({reason}). Choose another one, such as PORT={other}."
        ) from error
    return cast(WebServer, server)


def work_and_answer(server: WebServer, worker: EmbeddedWorker | None, announce: Callable[[], None]) -> None:
    """Do tasks and answer requests side by side until told to stop; then end the task at hand."""
    try:
        if worker is not None:
            worker.start()
        announce()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        if worker is not None:
            worker.stop()


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End like a program that is done, whatever it was doing."""
    raise SystemExit(0)
