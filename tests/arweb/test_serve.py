"""`manage.py serve` on a database that is not ready."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_database_behind_the_code_is_not_served(tmp_path: Path) -> None:
    env = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", "PORT": "64999"}
    env["DJANGO_SETTINGS_MODULE"] = "arweb.settings"
    run = subprocess.run([sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "CommandError: The database is behind the code. Run: .venv/bin/python manage.py migrate\n"
