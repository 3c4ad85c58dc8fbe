"""Seconds to import 100,000 bad cases with duplicates among them, and server milliseconds of a page of the inbox then.

python benchmarks/cases.py --cases 100000

With DATABASE_URL set it measures there, on a database that is dropped first.
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    return parser.parse_args()


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.cases_measured").measure(Path(folder), asked.cases)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
