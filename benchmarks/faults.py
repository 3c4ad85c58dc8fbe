"""A run over 4,400 pairs against a server that fails three times of ten: what is lost, and whether it is what was planned.

    python benchmarks/faults.py                # faults that pass, then faults that last
    python benchmarks/faults.py --pairs 500

The server is the scripted one of the tests, in a process of its own. Exits with 1 where a pair is lost, judged twice or
ends otherwise than planned.
"""

import argparse
import logging
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "arweb.settings"
os.environ["LOG_LEVEL"] = "WARNING"


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=4400, help="how many pairs")
    parser.add_argument("--only", choices=("passing", "lasting"), help="one kind of run alone")
    return parser.parse_args()


def main() -> int:
    """Measure on a database of its own, which is gone afterwards."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="arweb-benchmark-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        logging.captureWarnings(True)
        return int(import_module("benchmarks.faults_measured").measure(given.pairs, given.only))


if __name__ == "__main__":
    sys.exit(main())
