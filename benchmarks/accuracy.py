"""Accuracy on labelled pairs, half of whose queries stay hidden from whoever extends the knowledge.

    python benchmarks/accuracy.py pairs.jsonl            figures on all pairs and on both halves
    python benchmarks/accuracy.py pairs.jsonl --errors   the pairs of the open half that are judged wrong, and why

A query belongs to one half by a digest of its words, all its pairs with it. Whoever extends the knowledge looks at
errors of the open half alone; this script shows no others. Judges with the release in force, and with the knowledge
and documents of the database.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")

from inference.management.processes import JudgingChain
from inference.metrics import Scores, score
from inference.pipeline.case import Case
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.pipeline.trace import SideReading, Trace
from rules.engine.attributes import Level


def is_hidden(query: str) -> bool:
    """Whether a query belongs to the half that nobody may look at."""
    return hashlib.sha256(f"s{query}".encode()).digest()[0] % 2 == 1


def shown(scores: Scores) -> dict[str, Any]:
    """The figures of one half."""
    classes = {name.value: round(one.f1, 3) for name, one in scores.classes.items()}
    return {
        "pairs": scores.pairs,
        "failed": scores.failed,
        "accuracy": round(scores.accuracy, 3),
        "macro_f1": round(scores.macro_f1, 3),
        "f1": classes,
    }


def told(side: SideReading) -> str:
    """What was understood of one side, in a line."""
    values = " ".join(f"{attribute.value}={','.join(found[:5])}" for attribute, found in side.values)
    return values + (f" unknown: {','.join(side.rest)}" if side.rest else "")


def explained(query: str, title: str, label: Level, trace: Trace) -> str:
    """One wrong judgment, with what led to it."""
    lines = [
        f"{label.value} judged {trace.level.value} by line {trace.line}: {query} | {title}",
        f"    query: {told(trace.query)}",
        f"    product: {told(trace.product)}",
        f"    {trace.relation.value} {trace.relation_on} {trace.grounds} confidence {trace.confidence:.2f}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="labelled pairs: one JSON object a line, query, title and level")
    parser.add_argument("--errors", action="store_true", help="print the wrong judgments of the open half")
    parser.add_argument(
        "--off", nargs="*", default=(), choices=[stage.value for stage in Stage], help="stages left out"
    )
    options = parser.parse_args()
    if not options.file.is_file():
        parser.error(f"{options.file} does not exist")
    chain = JudgingChain(parameters=Parameters(off=tuple(map(Stage, options.off))))()
    judged = []
    for line in options.file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label, trace = Level(row["level"]), chain.judge(Case(row["query"], row["title"])).trace
        level = trace.level if trace else None
        judged.append((is_hidden(row["query"]), label, level))
        wrong = trace is not None and trace.level.level_class is not label.level_class
        if options.errors and trace and wrong and not is_hidden(row["query"]):
            print(explained(row["query"], row["title"], label, trace))
    halves = {"all": (True, False), "open": (False,), "hidden": (True,)}
    figures = {
        name: shown(score((label, level) for hidden, label, level in judged if hidden in kept))
        for name, kept in halves.items()
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
