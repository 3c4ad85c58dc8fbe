"""How fast pairs are judged: `python benchmarks/judge.py [PAIRS.jsonl] [--pairs 5000] [--rules 1000]`.

Prints one JSON object: milliseconds of processor time a pair (half of them, 19 of 20 and all take no longer), pairs a second on one and
on two processes with the peak memory of each, microseconds a pair by stage, milliseconds to build the chain with all that first pairs need. Making
the trace and writing it as JSON is part of every figure. The knowledge and the documents are those of the database
where one is set up, else the shipped files. Without a file it makes pairs of names of the lexicon.
"""

import argparse
import json
import multiprocessing
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from itertools import chain as joined
from itertools import cycle, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")

import django

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

BATCH = 200
Pair = tuple[str, str]
_chains: list[Chain] = []


def made_pairs(lexicon: Lexicon, count: int) -> Iterator[Pair]:
    """Pairs of medicines: half of them of one name, half of two."""
    chance = random.Random(7)
    names = sorted(lexicon.medicines)
    for _ in range(count):
        name = chance.choice(names)
        title = name if chance.random() < 0.5 else chance.choice(names)
        yield f"同仁堂{name}片", f"[北京同仁堂]{title}片 0.3g*24片/盒"


def read_pairs(path: Path, count: int) -> list[Pair]:
    """The pairs of a file, again from the start until there are enough."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return list(islice(cycle((row["query"], row["title"]) for row in rows), count))


def some_rules(lexicon: Lexicon, count: int = 1000) -> list[EngineRule]:
    """Rules on brands, on uses and on words of the title, as experts write them."""
    waive = Effect(EffectKind.WAIVE, None, (Attribute.DOSAGE_FORM,))
    cap = Effect(EffectKind.CAP, Level.MODERATELY)
    written = joined(
        (
            (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (name,)), waive)
            for name in sorted(lexicon.brands)[:400]
        ),
        ((Condition(Side.PRODUCT, Operator.IS, Attribute.EFFICACY, (name,)), cap) for name in sorted(lexicon.efficacy)),
        ((Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, None, (name,)), cap) for name in sorted(lexicon.medicines)),
    )
    return [
        EngineRule(number=number, version=1, conditions=(condition,), effect=effect)
        for number, (condition, effect) in enumerate(islice(written, count), 1)
    ]


def build(rules: int) -> Chain:
    """The chain of the database with so many rules instead of its own, or one of the shipped files."""
    django.setup()
    selectors = import_module("inference.selectors.chains")
    if not selectors.has_tables():
        return Chain(load_lexicon(), RuleIndex(some_rules(load_lexicon(), rules)))
    chain: Chain = selectors.chain_with(some_rules(selectors.lexicon_in_use(), rules))
    return chain


def judged(chain: Chain, pair: Pair) -> int:
    """One pair with its trace written out; the characters of it."""
    trace = chain.judge(Case(*pair)).trace
    return len(json.dumps(trace.to_json(), ensure_ascii=False)) if trace else 0


def milliseconds(chain: Chain, pairs: Sequence[Pair]) -> dict[str, float]:
    """The processor time a pair takes, one after the other, each query read when it is met first."""
    took = []
    for pair in pairs:
        started = time.process_time()
        judged(chain, pair)
        took.append((time.process_time() - started) * 1000)
    cuts = statistics.quantiles(took, n=100)
    return {
        "mean": round(statistics.fmean(took), 3),
        "p50": round(cuts[49], 3),
        "p95": round(cuts[94], 3),
        "max": round(max(took), 1),
    }


def by_stage(chain: Chain, cases: list[Case]) -> dict[str, float]:
    """Microseconds a pair for each stage of the chain, the queries read before."""
    understood = [one for case in cases if isinstance(one := chain.understand(case), Understanding)]
    traces = [chain.judge_understood(one) for one in understood]
    return {
        "understand": microseconds(chain.understand, cases),
        "recall": microseconds(lambda one: chain.index.recall(one.facts), understood),
        "recall_and_decide": microseconds(chain.judge_understood, understood),
        "key": microseconds(chain.key, understood),
        "judge": microseconds(chain.judge, cases),
        "trace_as_json": microseconds(lambda one: json.dumps(one.to_json(), ensure_ascii=False), traces),
    }


def microseconds(work: Callable[[Any], Any], items: list[Any]) -> float:
    """Mean time of `work` over `items`."""
    started = time.perf_counter()
    for item in items:
        work(item)
    return round((time.perf_counter() - started) / len(items) * 1e6, 1)


def prepare(rules: int) -> None:
    """What each process starts with."""
    _chains[:] = [build(rules)]


def judge_batch(pairs: Sequence[Pair]) -> tuple[int, float]:
    """Judge some pairs in this process; its id and its peak memory."""
    for pair in pairs:
        judged(_chains[0], pair)
    return os.getpid(), peak_megabytes()


def on_processes(pairs: Sequence[Pair], rules: int, processes: int) -> dict[str, float]:
    """Pairs a second, the start of the processes left out, and the peak memory of the largest of them."""
    afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, afresh, prepare, (rules,)) as pool:
        started_up = set()
        while len(started_up) < processes:
            started_up |= {pid for pid, _ in pool.map(judge_batch, [pairs[:BATCH]] * processes)}
        batches = [pairs[at : at + BATCH] for at in range(0, len(pairs), BATCH)]
        started = time.perf_counter()
        peaks = [peak for _, peak in pool.map(judge_batch, batches)]
        seconds = time.perf_counter() - started
    return {"pairs_a_second": round(len(pairs) / seconds), "memory_mb": max(peaks)}


def peak_megabytes() -> float:
    """The most memory this process held; macOS counts it in bytes, Linux in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="pairs to judge: one JSON object a line, query and title")
    parser.add_argument("--pairs", type=int, default=5000, help="how many pairs to judge")
    parser.add_argument("--rules", type=int, default=1000, help="how many rules to judge under")
    options = parser.parse_args()
    if options.file and not options.file.is_file():
        parser.error(f"{options.file} does not exist")
    started = time.perf_counter()
    chain = build(options.rules)
    for query in ("感冒灵", "不含某某的药", "ganmaoling"):  # each has something built for the first of its kind
        judged(chain, (query, "感冒灵颗粒"))
    built = round((time.perf_counter() - started) * 1000)
    pairs = read_pairs(options.file, options.pairs) if options.file else list(made_pairs(chain.lexicon, options.pairs))
    result = {
        "pairs": len(pairs),
        "queries": len({query for query, _ in pairs}),
        "rules": len(chain.index.rules),
        "medicines": len(chain.lexicon.medicines),
        "brands": len(chain.lexicon.brands),
        "build_ms": built,
        "milliseconds": milliseconds(chain, pairs),
        "microseconds_by_stage": by_stage(chain, [Case(*pair) for pair in pairs[:1000]]),
        "processes": {processes: on_processes(pairs, options.rules, processes) for processes in (1, 2)},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
