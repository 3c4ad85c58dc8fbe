"""How fast pairs are judged: `python benchmarks/judge.py [PAIRS.jsonl] [--pairs 5000]`.

Prints one JSON object: pairs a second on one and on two processes, microseconds a pair by stage,
milliseconds to load the lexicon, and memory. Without a file it makes pairs of names of the lexicon.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inference.engines.parallel import judge_lines
from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Side
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator


def made_pairs(lexicon: Lexicon, count: int) -> Iterator[tuple[str, str]]:
    """Pairs of medicines: half of them of one name, half of two."""
    chance = random.Random(7)
    names = sorted(lexicon.medicines)
    for _ in range(count):
        name = chance.choice(names)
        title = name if chance.random() < 0.5 else chance.choice(names)
        yield f"同仁堂{name}片", f"[北京同仁堂]{title}片 0.3g*24片/盒"


def read_pairs(path: Path, count: int) -> Iterator[tuple[str, str]]:
    """The pairs of a file, again from the start until there are enough."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    yield from islice(cycle((row["query"], row["title"]) for row in rows), count)


def some_rules(lexicon: Lexicon) -> list[EngineRule]:
    """A rule for each of some brands."""
    return [
        EngineRule(
            number=number,
            version=1,
            conditions=(Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (brand,)),),
            effect=Effect(EffectKind.WAIVE, None, (Attribute.DOSAGE_FORM,)),
        )
        for number, brand in enumerate(sorted(lexicon.brands)[:1000], 1)
    ]


def microseconds(work: Callable[[Any], Any], items: list[Any]) -> float:
    """Mean time of `work` over `items`."""
    started = time.perf_counter()
    for item in items:
        work(item)
    return round((time.perf_counter() - started) / len(items) * 1e6, 1)


def by_stage(chain: Chain, cases: list[Case]) -> dict[str, float]:
    """Microseconds a pair for each stage of the chain."""
    understood = [one for case in cases if isinstance(one := chain.understand(case), Understanding)]
    return {
        "understand": microseconds(chain.understand, cases),
        "recall": microseconds(lambda one: chain.index.recall(one.facts), understood),
        "recall_and_decide": microseconds(chain.judge_understood, understood),
        "key": microseconds(chain.key, understood),
        "judge": microseconds(chain.judge, cases),
        "trace_as_json": microseconds(lambda one: json.dumps(chain.judge_understood(one).to_json()), understood[:500]),
    }


def chain_of(rules: list[EngineRule]) -> Chain:
    """The chain that each process builds."""
    return Chain(load_lexicon(), RuleIndex(rules))


def pairs_a_second(pairs: list[tuple[str, str]], rules: list[EngineRule], processes: int) -> float:
    """Lines judged a second, the start of the processes left out by a first line."""
    lines = ((n, json.dumps({"query": query, "title": title})) for n, (query, title) in enumerate(pairs, 1))
    answers = judge_lines(lines, partial(chain_of, rules), processes=processes)
    next(answers)
    started = time.perf_counter()
    count = sum(1 for _ in answers)
    return round(count / (time.perf_counter() - started))


def peak_megabytes() -> float:
    """The most memory this process held; macOS counts it in bytes, Linux in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="pairs to judge: one JSON object a line, query and title")
    parser.add_argument("--pairs", type=int, default=5000, help="how many pairs to judge")
    options = parser.parse_args()
    if options.file and not options.file.is_file():
        parser.error(f"{options.file} does not exist")
    started = time.perf_counter()
    lexicon = load_lexicon()
    loaded = round((time.perf_counter() - started) * 1000, 1)
    rules = some_rules(lexicon)
    pairs = list(read_pairs(options.file, options.pairs) if options.file else made_pairs(lexicon, options.pairs))
    stages = by_stage(Chain(lexicon, RuleIndex(rules)), [Case(query, title) for query, title in pairs])
    result = {
        "pairs": len(pairs),
        "rules": len(rules),
        "load_ms": loaded,
        "microseconds": stages,
        "pairs_a_second": {processes: pairs_a_second(pairs, rules, processes) for processes in (1, 2)},
        "memory_mb": peak_megabytes(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
