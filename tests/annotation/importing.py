"""Files to import, and what became of them."""

import json
from pathlib import Path

from annotation.models import (
    Benchmark,
    BenchmarkPair,
    Import,
    Label,
    Pair,
    Product,
    Query,
)

PRODUCT = {"product_id": "a1", "title": "[青禾]布洛芬片 0.2g*20片"}
PAIR = {"pair_id": "q1", "query": "布洛芬", "product_id": "a1", "title": PRODUCT["title"], "level": "highly"}


def jsonl(folder: Path, *rows: object, name: str = "file.jsonl") -> Path:
    """A file with these rows; a text is written as it is."""
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    return path


def counts(job: Import) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return job.created, job.updated, job.unchanged, job.rejected


def told(job: Import) -> list[tuple[int, str]]:
    """Line and reason of what was not taken."""
    return [(problem.line, problem.explanation) for problem in job.problems.all()]


def stored() -> tuple[int, ...]:
    """How many rows the catalogue holds, table by table."""
    return tuple(model.objects.count() for model in (Product, Query, Pair, Benchmark, Label, BenchmarkPair))
