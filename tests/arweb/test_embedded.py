"""The worker thread of the web process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import threading, django
django.setup()
from arweb.celery import app
from arweb.embedded import EmbeddedWorker

begun, done = [], threading.Event()

@app.task(name="deadly")
def deadly():
    if len(begun) == 1:
        raise SystemExit

@app.task(name="useful")
def useful():
    done.set()

worker = EmbeddedWorker(take_up=lambda: begun.append(1))
worker.start()
deadly.delay()
useful.delay()
print(done.wait(20), len(begun))
worker.stop()
"""


@pytest.mark.slow
def test_a_worker_that_ends_by_itself_is_followed_by_another(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    env |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "arweb.settings"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert run.stdout == "True 2\n", run.stderr
    assert "is started again" in run.stderr
