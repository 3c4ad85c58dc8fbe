"""`manage.py serve` and `manage.py start` on a database that is not ready."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "VAR_DIR": str(folder), "REDIS_URL": "", "PORT": "64999", **env}
    env["DJANGO_SETTINGS_MODULE"] = "arweb.settings"
    return subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.slow
def test_a_database_behind_the_code_is_not_served(tmp_path: Path) -> None:
    run = start("serve", tmp_path, DATABASE_URL="")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "CommandError: The database is behind the code. Run: .venv/bin/python manage.py migrate\n"


@pytest.mark.slow
def test_a_database_out_of_reach_is_said_so(tmp_path: Path) -> None:
    run = start("start", tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("CommandError: The database can't be reached: ")
