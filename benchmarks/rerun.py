"""From the click on "publish" to the finished comparison, after one rule of many was edited.

    python benchmarks/rerun.py --pairs 4400 --pairs 100000 --rules 1000

Runs with the lexical engine through the embedded worker, on a database of its own that is gone afterwards; with
`--model` also through a scripted model server that takes 50 ms an answer.
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
    parser.add_argument("--pairs", type=int, action="append", help="size of the benchmark; may be repeated")
    parser.add_argument("--rules", type=int, default=1000, help="rules in the release")
    parser.add_argument("--touched", type=int, default=40, help="pairs that the edited rule is recalled on")
    parser.add_argument("--model", action="store_true", help="measure with a scripted model server as well")
    return parser.parse_args()


def main() -> None:
    """Measure."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        measured = import_module("benchmarks.rerun_measured")
        measured.measure(given.pairs or [4400, 100_000], given.rules, given.touched, with_model=given.model)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
