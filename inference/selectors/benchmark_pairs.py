"""The labelled pairs of a benchmark with what rules read of them, kept in memory while they stay as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from django.db.models import Count, Max

from annotation.models import Benchmark, BenchmarkPair
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.chains import chain_with
from inference.selectors.readings import case_digests, context_of, kept_readings
from inference.selectors.understood import read_pairs
from rules.engine.attributes import Facts, Level

READING = Lock()
"""Of several requests that find the pairs not yet read, one does the work and the others wait for it."""
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A benchmark pair with the level its label gives it, and what rules read of it.

    `case` digests its texts.
    """

    pair_id: int
    query: str
    title: str
    expected: Level
    facts: Facts
    case: str


def labelled_pairs(benchmark: Benchmark) -> tuple[Known, ...]:
    """Every pair of a benchmark that can be understood, read once until a pair, a label or the knowledge changes."""
    members = BenchmarkPair.objects.filter(benchmark=benchmark)
    state = members.aggregate(
        pairs=Count("pk"), label=Max("label_id"), product=Max("pair__product__updated_at"), newest=Max("pk")
    )
    stamp = "/".join(str(value) for value in (benchmark.created_at, *state.values()))
    with READING:
        return _labelled(benchmark.pk, stamp, context_of(chain_with(())))


def understandings(pairs: Sequence[Known]) -> Iterator[tuple[Known, Understanding]]:
    """Pairs with all that is known of them."""
    chain = chain_with(())
    for start in range(0, len(pairs), CHUNK):
        some = pairs[start : start + CHUNK]
        read = read_pairs([pair.pair_id for pair in some], {pair.pair_id: pair.case for pair in some}, chain)
        for pair in some:
            understood = read[pair.pair_id].understood
            if not isinstance(understood, Failure):
                yield pair, understood


@lru_cache(maxsize=4)
def _labelled(benchmark_id: int, stamp: str, context: str) -> tuple[Known, ...]:
    """`stamp` and `context` are the key under which the pairs are kept: another one reads them again."""
    members = BenchmarkPair.objects.filter(benchmark_id=benchmark_id)
    ids = members.values("pair_id")
    cases = case_digests(ids)
    readings = kept_readings(ids, context, cases)
    facts = {pair: kept.facts for pair, kept in readings.items()}
    facts |= _read_now([pair for pair in cases if pair not in facts], cases)
    rows = members.order_by("pk").values_list("pair_id", "pair__query__text", "pair__product__title", "label__level")
    texts: dict[str, str] = {}  # many pairs share a query or a product: each text is held once
    return tuple(
        Known(
            pair,
            texts.setdefault(query, query),
            texts.setdefault(title, title),
            Level(level),
            facts[pair],
            cases[pair],
        )
        for pair, query, title, level in rows.iterator()
        if pair in facts
    )


def _read_now(pairs: Sequence[int], cases: Mapping[int, str]) -> dict[int, Facts]:
    """The facts of pairs that no run has read in this context."""
    found, chain = {}, chain_with(())
    for start in range(0, len(pairs), CHUNK):
        for pair, read in read_pairs(pairs[start : start + CHUNK], cases, chain).items():
            if not isinstance(read.understood, Failure):
                found[pair] = read.understood.facts
    return found
