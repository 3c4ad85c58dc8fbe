"""How well the confidence of a judgment tells right from wrong ones.

    python benchmarks/confidence.py               cross-validated on the labelled pairs of the demo
    python benchmarks/confidence.py PAIRS.jsonl   as it stands, on labelled pairs it was not fitted on
    python benchmarks/confidence.py --fit         fit the weights on the demo anew and write them

Prints one JSON object: accuracy, mean confidence, expected calibration error, Brier score, the area under the ROC
curve of right against wrong, and a reliability table. Folds share no query. The weights are a logistic regression
of "the class is right" on the grounds of a judgment, held small, as there are only some hundred pairs.
Whoever fits anew raises CODE_VERSION of inference/pipeline/key.py: stored judgments keep the confidence they had.
"""

import argparse
import csv
import hashlib
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")

from inference.knowledge.lexicon import load_lexicon
from inference.management.processes import JudgingChain
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.confidence import ALWAYS, WEIGHTS, grounds_of, read_weights, share
from inference.pipeline.effects import apply_rules
from inference.pipeline.stages import Stage
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Level
from rules.engine.content import RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 10
HELD = 2.0
"""How strongly weights are held to zero; the weight of `always` is free."""
ROUNDS = 12
BY_RULE = "a rule decided"
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)

Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One labelled judgment: its query, its grounds, and whether its class is right."""

    query: str
    grounds: frozenset[str]
    right: bool


def seen(rows: Iterable[tuple[str, str, str]], chain: Chain) -> list[Seen]:
    """The judgments of labelled rows of query, title and level; failed ones are left out."""
    found = []
    for query, title, label in rows:
        understood = chain.understand(Case(query, title))
        if not isinstance(understood, Understanding):
            continue
        rules_off = Stage.RULES in chain.parameters.switched_off
        recalled = () if rules_off else chain.index.recall(understood.facts)
        outcome = apply_rules(understood.comparison, recalled, understood.mismatched, chain.parameters)
        right = outcome.decision.level.level_class is Level(label).level_class
        found.append(Seen(query, frozenset(grounds_of(understood, outcome)), right))
    return found


def demo_rows() -> list[tuple[str, str, str]]:
    """The labelled pairs of the demo."""
    with (ROOT / "demo" / "products.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["product_id"]: row["title"] for row in csv.DictReader(file)}
    with (ROOT / "demo" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        return [(row["query"], titles[row["product_id"]], row["level"]) for row in csv.DictReader(file)]


def demo_rules() -> list[EngineRule]:
    """The rules of the demo."""
    rows = json.loads((ROOT / "demo" / "rules.json").read_text(encoding="utf-8"))
    return [
        RuleContent.from_json(row).engine_rule(number=row["number"], version=1, age_order=row["number"]) for row in rows
    ]


def demo_seen() -> list[Seen]:
    """The demo without rules, and once more those of its judgments that its rules decide.

    The rules were written beside these pairs, so that the share of right ones among the latter flatters them.
    """
    lexicon, rows = load_lexicon(), demo_rows()
    ruled = seen(rows, Chain(lexicon, RuleIndex(demo_rules())))
    return seen(rows, Chain(lexicon, RuleIndex(()))) + [one for one in ruled if BY_RULE in one.grounds]


def file_rows(path: Path) -> list[tuple[str, str, str]]:
    """The labelled pairs of a file."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(row["query"], row["title"], row["level"]) for row in rows]


def fitted(rows: Sequence[Seen], held: float = HELD) -> Weights:
    """The weights of a logistic regression held to zero, by Newton's method."""
    names = sorted({ground for row in rows for ground in row.grounds})
    place = {name: at for at, name in enumerate(names)}
    holds = [1e-3 if name == ALWAYS else held for name in names]
    weights = [0.0] * len(names)
    for _ in range(ROUNDS):
        gradient = [-hold * weight for hold, weight in zip(holds, weights, strict=True)]
        curve = [[holds[i] if i == j else 0.0 for j in range(len(names))] for i in range(len(names))]
        for row in rows:
            at = [place[name] for name in row.grounds]
            chance = 1 / (1 + math.exp(-sum(weights[i] for i in at)))
            for i in at:
                gradient[i] += row.right - chance
                for j in at:
                    curve[i][j] += chance * (1 - chance)
        weights = [weight + step for weight, step in zip(weights, solved(curve, gradient), strict=True)]
    return dict(zip(names, weights, strict=True))


def solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a symmetric, positive definite system, by elimination."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for at in range(size):
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            if factor:
                rows[below] = [one - factor * other for one, other in zip(rows[below], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        found[at] = (rows[at][size] - sum(rows[at][i] * found[i] for i in range(at + 1, size))) / rows[at][at]
    return found


def judged(row: Seen, weights: Weights) -> float:
    """The confidence of one judgment under some weights."""
    return share(sum(weights.get(ground, 0.0) for ground in row.grounds))


def fold_of(query: str) -> int:
    """The fold of a query, all its pairs with it."""
    return int.from_bytes(hashlib.sha256(query.encode()).digest()[:4]) % FOLDS


def cross_validated(rows: Sequence[Seen], held: float = HELD) -> list[tuple[float, bool]]:
    """Confidence and truth of every row, under weights fitted on the folds its query is not in."""
    found = []
    for fold in range(FOLDS):
        weights = fitted([row for row in rows if fold_of(row.query) != fold], held)
        found += [(judged(row, weights), row.right) for row in rows if fold_of(row.query) == fold]
    return found


def area(pairs: Sequence[tuple[float, bool]]) -> float:
    """How often a right judgment has the higher confidence of a right and a wrong one; ties count half."""
    right = [one for one, is_right in pairs if is_right]
    wrong = [one for one, is_right in pairs if not is_right]
    won = sum((one > other) + (one == other) / 2 for one in right for other in wrong)
    return won / (len(right) * len(wrong)) if right and wrong else math.nan


def figures(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """The measures of calibration and of telling apart."""
    table, error = [], 0.0
    for low, high in pairwise(BINS):
        inside = [(one, right) for one, right in pairs if low <= one < high]
        if not inside:
            continue
        said = sum(one for one, _ in inside) / len(inside)
        share_right = sum(right for _, right in inside) / len(inside)
        error += abs(said - share_right) * len(inside) / len(pairs)
        table.append({"from": low, "pairs": len(inside), "said": round(said, 3), "right": round(share_right, 3)})
    return {
        "pairs": len(pairs),
        "accuracy": round(sum(right for _, right in pairs) / len(pairs), 3),
        "mean_confidence": round(sum(one for one, _ in pairs) / len(pairs), 3),
        "calibration_error": round(error, 3),
        "brier": round(sum((one - right) ** 2 for one, right in pairs) / len(pairs), 4),
        "area_under_roc": round(area(pairs), 3),
        "reliability": table,
    }


def write(rows: Sequence[Seen], path: Path = WEIGHTS) -> None:
    """The weights, with how often each ground was seen and was right."""
    often = Counter(ground for row in rows for ground in row.grounds)
    right = Counter(ground for row in rows if row.right for ground in row.grounds)
    lines = [f"{name}\t{weight:.3f}\t{often[name]}\t{right[name]}" for name, weight in fitted(rows).items()]
    path.write_text("\n".join(["ground\tweight\tseen\tright", *lines]) + "\n", encoding="utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="labelled pairs: one JSON object a line")
    parser.add_argument("--fit", action="store_true", help="write the weights fitted on the demo")
    parser.add_argument("--held", type=float, default=HELD, help="how strongly weights are held to zero")
    options = parser.parse_args()
    if options.file and not options.file.is_file():
        parser.error(f"{options.file} does not exist")
    if options.file:
        weights = dict(read_weights())
        rows = seen(file_rows(options.file), JudgingChain()())
        print(json.dumps(figures([(judged(row, weights), row.right) for row in rows]), indent=2))
        return
    rows = demo_seen()
    if options.fit:
        write(rows)
    print(json.dumps(figures(cross_validated(rows, options.held)), indent=2))


if __name__ == "__main__":
    main()
