"""Milliseconds from a key in the inbox of 100,000 bad cases to what it does on the screen, in Chromium.

python benchmarks/cases_keys.py --cases 100000
python benchmarks/cases_keys.py --folder /tmp/kept   # made once, measured again and again

Two figures a key: to the next paint, and to the paint that shows all of what it did. With DATABASE_URL set the cases
lie there, on a database that is emptied first.
"""

import argparse
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "arweb.settings"
os.environ["LOG_LEVEL"] = "ERROR"


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the database is kept")
    return parser.parse_args()


def main() -> None:
    """Measure on a database of its own, which is gone afterwards unless it is to be kept."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(exist_ok=True)
        os.environ["VAR_DIR"] = str(folder)
        django.setup()
        import_module("benchmarks.cases_keys_measured").measure(folder, asked.cases)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
