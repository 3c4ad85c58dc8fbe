"""Labelling with eight annotators against the served application: milliseconds, processor, and that nothing is lost.

    python benchmarks/annotation.py                          # 4,400 pairs, overlap 1 and 2
    python benchmarks/annotation.py --pairs 4400 50000       # and how it grows
    python benchmarks/annotation.py --rows                   # import, list, export of 50,000; bytes of the first page

Each annotator signs in and sends a label, and takes the next pair in the same call, as fast as answers come; some
labels are sent twice and some answers come late. With DATABASE_URL set it measures there, on a database that is dropped
first. Figures of other tools are of the same two cores, with 4,400 pairs (Label Studio 1.23, doccano 1.8, Potato 2.12).
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
os.environ["API_RATE"] = "1000000"


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, nargs="*", default=[4400])
    parser.add_argument("--overlap", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--labels", type=int, default=1200, help="labels of each measurement")
    parser.add_argument("--annotators", type=int, default=8)
    parser.add_argument("--page", action="store_true", help="label by the page's own calls instead of the API's")
    parser.add_argument(
        "--rows", action="store_true", help="import, list, export of 50,000 pairs; bytes of the first page"
    )
    return parser.parse_args()


def main() -> None:
    """Measure on databases of their own, which are gone afterwards."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        import_module("benchmarks.annotation_measured").measure(Path(folder), asked)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.1f} s")
