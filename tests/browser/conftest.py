"""A real server with the demo, started once, for the tests that drive a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import expect
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
databases = count()
expect.set_options(timeout=20_000)  # a machine that does much else at the same time


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scratch_database() -> str:
    """A new, empty database on the PostgreSQL of DATABASE_URL."""
    url = os.environ["DATABASE_URL"]
    name = f"arweb_browser_{os.getpid()}_{next(databases)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rsplit("/", 1)[0] + f"/{name}"


def scratch_queue(*, lasting: bool) -> str:
    """An empty database on the Redis of REDIS_URL: two servers on one queue would take each other's tasks.

    A test process has one for the server that lasts and one for the server of the moment.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{1 + 2 * worker + lasting}"
    with redis.Redis.from_url(url) as queue:
        queue.flushdb()
    return url


def environment(folder: Path, port: int, *, lasting: bool = False) -> dict[str, str]:
    """The environment of a server of its own, on the same kind of services as the tests.

    `lasting`: it goes on beside the servers of single tests.
    """
    env = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "arweb.settings"}
    if os.environ.get("DATABASE_URL"):
        env["DATABASE_URL"] = scratch_database()
    if os.environ.get("REDIS_URL"):
        env["REDIS_URL"] = scratch_queue(lasting=lasting)
    return env


def wait_until_served(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when `url` answers; fail when the server ended or took too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended with {server.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} did not answer within {PATIENCE} s")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo loaded and judged."""
    port = free_port()
    env = environment(tmp_path_factory.mktemp("served"), port, lasting=True)
    processes = [subprocess.Popen([sys.executable, "manage.py", "start"], cwd=ROOT, env=env)]
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(f"{address}/accounts/login/", processes[0])
        if env.get("REDIS_URL"):  # the server has made the tables by now
            worker = [
                sys.executable,
                "-m",
                "celery",
                "--app",
                "arweb",
                "worker",
                "--pool",
                "solo",
                "--loglevel",
                "WARNING",
            ]
            processes.append(subprocess.Popen(worker, cwd=ROOT, env=env))
        yield address
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(timeout=20)
