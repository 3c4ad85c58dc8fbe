"""How well and how fast passages are found, on a retrieval set in BEIR's layout.

    python benchmarks/retrieval.py FOLDER               every task of the folder, on the configured kind of database
    python benchmarks/retrieval.py FOLDER --limit 100   only the first queries of each task

FOLDER holds corpus.jsonl (id, text) and for each task TASK.queries.jsonl (id, text) and TASK.qrels.tsv (query, document,
grade). The corpus goes into a scratch database, SQLite in memory or one that PostgreSQL of DATABASE_URL is asked for,
through the service that stores documents; nothing of the application's own data is touched. Beside it stands plain BM25
on pairs of characters (k1 1.2, b .75), computed in memory over whole documents. Prints a JSON object a task.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")
os.environ["LOG_LEVEL"] = "WARNING"


def main() -> None:
    """Measure on a database of its own, which is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="queries of each task")
    options = parser.parse_args()
    if not (options.folder / "corpus.jsonl").is_file():
        parser.error(f"{options.folder} holds no corpus.jsonl")
    django.setup()
    import_module("benchmarks.retrieval_measured").measure(options.folder, options.limit)


if __name__ == "__main__":
    main()
