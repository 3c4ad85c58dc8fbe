"""Milliseconds and queries of the pages over 50 published releases of 1,000 rules, each made the way any release is.

python benchmarks/releases.py --releases 50 --rules 1000
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
    parser.add_argument("--releases", type=int, default=50)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=20, help="rules that each later release changes")
    return parser.parse_args()


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.releases_measured").measure(asked.releases, asked.rules, asked.changes)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
