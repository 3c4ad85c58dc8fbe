"""How the page of a comparison grows with the judgments stored, and how long it takes to compare.

    python benchmarks/comparison.py --judgments 10000 --judgments 100000 --judgments 1000000

Each size is stored twice: as many runs of 4,400 pairs, of which the last two are compared, and as two runs over half as
many pairs each. One pair in ten moves, one in a hundred fails. On a database of its own that is gone afterwards; with
DATABASE_URL on that one, which must be empty and is left full.
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judgments", type=int, action="append", help="judgments stored; may be repeated")
    return parser.parse_args()


def main() -> None:
    """Measure."""
    sizes = arguments().judgments or [10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.comparison_measured").measure(sorted(sizes))


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
