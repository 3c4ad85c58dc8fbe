"""What `retrieval.py` measures, once Django knows its database."""

import json
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db import connection

from inference.enums import DocumentKind
from inference.knowledge.passages import Search
from inference.selectors.passages import document_search
from inference.services.documents import Draft, store_documents
from rules.engine.text import normalise

DEPTH = 10
PASSAGES = 40
"""Passages asked for, so that ten documents are among them."""
BATCH = 500
Ranking = Callable[[str], Sequence[str]]


class PairBm25:
    """BM25 on pairs of neighbouring characters, held in memory."""

    def __init__(self, documents: Mapping[str, str], k1: float = 1.2, b: float = 0.75) -> None:
        self.k1 = k1
        self.held: dict[str, list[tuple[str, int]]] = defaultdict(list)
        counts = {key: Counter(pairs(text)) for key, text in documents.items()}
        mean = sum(sum(count.values()) for count in counts.values()) / len(counts)
        self.damping = {key: k1 * (1 - b + b * sum(count.values()) / mean) for key, count in counts.items()}
        for key, count in counts.items():
            for term, times in count.items():
                self.held[term].append((key, times))

    def __call__(self, text: str) -> list[str]:
        """The best documents."""
        scores: dict[str, float] = defaultdict(float)
        for term in dict.fromkeys(pairs(text)):
            held = self.held.get(term, ())
            weight = math.log(1 + (len(self.damping) - len(held) + 0.5) / (len(held) + 0.5))
            for key, times in held:
                scores[key] += weight * times * (self.k1 + 1) / (times + self.damping[key])
        return sorted(scores, key=lambda key: -scores[key])[:DEPTH]


def pairs(text: str) -> list[str]:
    """Every two neighbouring characters, white space left out."""
    joined = re.sub(r"\s+", "", normalise(text))
    return [joined[at : at + 2] for at in range(len(joined) - 1)] or [joined]


def documents_by(search: Search) -> Ranking:
    """The best documents by the application's search: a document is as good as its best passage."""
    return lambda text: list(dict.fromkeys(one.document for one in search(text, PASSAGES)))[:DEPTH]


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten."""
    gained = sum((2 ** grades.get(key, 0) - 1) / math.log2(at + 2) for at, key in enumerate(ranked[:DEPTH]))
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    ideal = sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(best))
    return gained / ideal if ideal else 0.0


def measured(ranking: Ranking, queries: Mapping[str, str], grades: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Mean nDCG@10 and milliseconds a query; the median beside, since a few queries are much longer than the rest."""
    scores, times = [], []
    for key, text in queries.items():
        started = time.perf_counter()
        ranked = ranking(text)
        times.append((time.perf_counter() - started) * 1000)
        scores.append(ndcg(ranked, grades[key]))
    return {
        "ndcg@10": round(sum(scores) / len(scores), 4),
        "ms": round(sum(times) / len(times), 2),
        "median_ms": round(sorted(times)[len(times) // 2], 2),
    }


@contextmanager
def scratch_database() -> Iterator[None]:
    """An empty database of the configured kind, gone afterwards."""
    own = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def load(documents: Mapping[str, str]) -> int:
    """Store the corpus; how many passages it comes to."""
    drafts = (
        Draft(key, DocumentKind.PASSAGE, title="", source="benchmark", sections=(("", text),))
        for key, text in documents.items()
    )
    total = 0
    while batch := list(islice(drafts, BATCH)):
        total += store_documents(drafts=batch, by=None).passages
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE inference_passage")
    return total


def texts(path: Path) -> dict[str, str]:
    """The rows of a file by id."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["text"] for row in rows}


def read_grades(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """The grades of documents by query."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in lines:
        query, document, grade = line.split("\t")
        grades[query][document] = int(grade)
    return grades


def measure(folder: Path, limit: int | None) -> None:
    """Print a line on the corpus and one a task."""
    corpus = texts(folder / "corpus.jsonl")
    plain = PairBm25(corpus)
    with scratch_database():
        started = time.perf_counter()
        passages = load(corpus)
        seconds = round(time.perf_counter() - started, 1)
        print(json.dumps({"database": connection.vendor, "passages": passages, "seconds_to_load": seconds}), flush=True)
        searched = documents_by(document_search())
        for path in sorted(folder.glob("*.queries.jsonl")):
            task = path.name.removesuffix(".queries.jsonl")
            grades = read_grades((folder / f"{task}.qrels.tsv").read_text(encoding="utf-8").splitlines())
            asked = {key: text for key, text in texts(path).items() if key in grades}
            queries = dict(islice(asked.items(), limit))
            figures = {"search": measured(searched, queries, grades), "bm25_pairs": measured(plain, queries, grades)}
            print(json.dumps({"task": task, "queries": len(queries), **figures}), flush=True)
