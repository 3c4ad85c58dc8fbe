"""Processes on a database of their own: what they print, and what one leaves behind that is killed in its work."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from tests.browser.conftest import environment, free_port

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A database of its own in a folder, and the process that works on it, which `settings` are for."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.env = environment(folder, self.port) | settings
        self.process: subprocess.Popen[bytes] | None = None
        self.do("manage.py", "migrate", "-v0")

    def do(self, *args: str) -> str:
        """Run Python to its end; what it printed."""
        command = [sys.executable, *args]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout

    def call(self, module: str, function: str) -> str:
        """Call a function of a module of tests in a process of its own; what it printed."""
        return self.do("-c", f"import django; django.setup(); from {module} import {function}; {function}()")

    def start(self, *args: str) -> None:
        """Begin to work: `args` of Python."""
        self.process = subprocess.Popen([sys.executable, *args], cwd=ROOT, env=self.env)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is tidied up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        url = self.env.get("DATABASE_URL")
        connection = psycopg.connect(url) if url else sqlite3.connect(self.folder / "arweb.sqlite3", timeout=30)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
