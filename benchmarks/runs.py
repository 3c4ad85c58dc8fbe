"""Pairs a second through the embedded worker, first judged anew and then taken over, and the page that compares both.

python benchmarks/runs.py --pairs 250 --pairs 4400
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
os.environ["LOG_LEVEL"] = "WARNING"


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, action="append", help="size of the benchmark; may be repeated")
    return parser.parse_args()


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    sizes = arguments().pairs or [250, 4400]
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.runs_measured").measure(sizes)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
