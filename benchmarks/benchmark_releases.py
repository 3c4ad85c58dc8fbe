"""Seconds (by the clock, and of the processor) to cut, export, compare and verify benchmark releases of 4,400 and of 50,000 pairs.

python benchmarks/benchmark_releases.py --pairs 4400 50000
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
    parser.add_argument("--pairs", type=int, nargs="+", default=[4400, 50_000])
    return parser.parse_args()


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.benchmark_releases_measured").measure(asked.pairs)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
