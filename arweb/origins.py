"""What says where a write comes from: requests, commands and tasks, each at its entry."""

import getpass
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import uuid4

from celery import Task
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from rules.origin import Channel, Origin, coming_from, current_origin

HEADER = "arweb_request"
"""The header by which a task carries the id of the request that left it behind."""
API_PATH = "/api/"
LONGEST = 200


class OriginMiddleware:
    """Says of everything that a request writes where it came from, and gives the request an id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the id of its request."""
        origin = origin_of(request)
        with coming_from(origin):
            response = self.get_response(request)
        response["X-Request-ID"] = origin.request
        return response


def origin_of(request: HttpRequest) -> Origin:
    """Where a request comes from."""
    channel = Channel.API if request.path.startswith(API_PATH) else Channel.PAGE
    name = f"{request.method} {request.path}"[:LONGEST]
    return Origin(channel, name, address_of(request), uuid4().hex)


def address_of(request: HttpRequest) -> str:
    """The network address of who asks: the socket's, or what the proxies named in TRUSTED_PROXIES say it is.

    Each proxy adds the address it was called from at the end; what stands before the last one that is not trusted
    may be made up.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    told = request.headers.get("X-Forwarded-For", "").split(",")
    while told and is_trusted(address):
        said = told.pop().strip()
        if not is_address(said):
            break
        address = said
    return address


def is_trusted(address: str) -> bool:
    """Whether a proxy at this address is believed."""
    return is_address(address) and any(
        ip_address(address) in ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES
    )


def is_address(text: str) -> bool:
    """Whether a text is a network address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def of_command(argv: Sequence[str]) -> AbstractContextManager[None]:
    """Say that what is written comes from a command, run by this account of this machine."""
    name = argv[1] if len(argv) > 1 else ""
    return coming_from(Origin(Channel.COMMAND, name[:LONGEST], f"{_account()}@{socket.gethostname()}", uuid4().hex))


def _account() -> str:
    """Who runs this process; where the machine has no name for the account, its number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


@before_task_publish.connect(dispatch_uid="carry_request")  # type: ignore[untyped-decorator]
def carry_request(*, headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """Let a task carry the id of the request, command or task that leaves it behind."""
    origin = current_origin()
    if origin is not None and headers is not None:
        headers[HEADER] = origin.request


_running: dict[str, AbstractContextManager[None]] = {}
"""The tasks at work in this process, by their id, with what ends their origin."""


@task_prerun.connect(dispatch_uid="enter_task")  # type: ignore[untyped-decorator]
def enter_task(*, task_id: str, task: Task, **kwargs: Any) -> None:
    """Say that what is written from now on comes from a task."""
    request = getattr(task.request, HEADER, None) or task_id
    entered = coming_from(Origin(Channel.TASK, task.name, request=str(request)))
    entered.__enter__()
    _running[task_id] = entered


@task_postrun.connect(dispatch_uid="leave_task")  # type: ignore[untyped-decorator]
def leave_task(*, task_id: str, **kwargs: Any) -> None:
    """The task is over."""
    if entered := _running.pop(task_id, None):
        entered.__exit__(None, None, None)
