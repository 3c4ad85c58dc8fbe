"""Everything that was said of the pairs of a benchmark, by people and by models, as lines of a file."""

from collections.abc import Iterator
from typing import Any

from annotation.enums import LabelKind
from annotation.manifest import canonical
from annotation.models import Benchmark, Label
from annotation.selectors.benchmark_rows import Names, name_of_pair, said_at

BATCH = 2000
FIELDS = (
    *("pk", "pair_id", "pair__external_id", "pair__query__text", "pair__product__external_id", "pair__product__title"),
    *("kind", "level", "source", "note", "created_at", "created_by_id", "created_by__username"),
    *("guideline__number", "counts_for__pk"),
)


def label_lines(benchmark: Benchmark) -> Iterator[str]:
    """A line of JSON a label, the oldest first. People are called as in the releases of the benchmark.

    `replaced` marks an answer that its person changed afterwards.
    """
    names, last = Names(benchmark, accounts=False), 0
    rows = Label.objects.filter(benchmark=benchmark).order_by("pk").values(*FIELDS)
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            yield canonical(_said(row, names))
        last = batch[-1]["pk"]


def _said(row: dict[str, Any], names: Names) -> dict[str, Any]:
    return {
        "pair_id": name_of_pair(row["pair_id"], row["pair__external_id"]),
        "query": row["pair__query__text"],
        "product_id": row["pair__product__external_id"],
        "title": row["pair__product__title"],
        "kind": row["kind"],
        "level": row["level"],
        "by": names.of(row["created_by_id"], row["created_by__username"]),
        "source": row["source"],
        "replaced": row["kind"] == LabelKind.PERSON and row["counts_for__pk"] is None,
        "note": row["note"],
        "guideline": row["guideline__number"],
        "at": said_at(row["created_at"]),
    }
