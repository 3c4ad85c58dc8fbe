"""What a set of rules would change on a benchmark, found without storing anything.

Pairs are understood once and kept in memory; after that only those pairs are decided again
on which a changed rule is recalled, before or after the change. The others can't differ.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from django.db.models import Count, Max

from annotation.models import Benchmark, BenchmarkPair
from inference.comparison import Change, change_of
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure, Trace
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_with
from inference.selectors.knowledge import lexicon_in_use
from rules.engine.attributes import Level
from rules.engine.content import Example
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule


@dataclass(frozen=True, slots=True)
class Known:
    """A benchmark pair, understood, with the level its label gives it."""

    pair_id: int
    query: str
    title: str
    expected: Level
    understood: Understanding


@dataclass(frozen=True, slots=True)
class Flip:
    """A pair whose level the change moves."""

    pair: Known
    change: Change
    before: Trace
    after: Trace


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to a benchmark. Counts are of pairs; `fires` of those the edited rule is recalled on.

    `failed` pairs can't be judged whatever the rules, and are in no other count.
    """

    pairs: int
    failed: int
    fires: int
    fired: tuple[Known, ...]
    affected: int
    flips: tuple[Flip, ...]
    milliseconds: float

    def count(self, change: Change) -> int:
        """How many pairs the change moves in this way."""
        return sum(flip.change is change for flip in self.flips)

    @property
    def fixed(self) -> int:
        """Pairs whose class becomes the label's."""
        return self.count(Change.FIXED)

    @property
    def broken(self) -> int:
        """Pairs whose class was the label's and no longer is."""
        return self.count(Change.BROKEN)

    @property
    def changed(self) -> int:
        """Pairs that move without becoming right or wrong."""
        return self.count(Change.CHANGED)


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """A pinned example that has another level than it pins; `failure` where it could not be judged."""

    query: str
    title: str
    expected: Level
    level: Level | None
    failure: str


FLIP_ORDER = (Change.BROKEN, Change.FIXED, Change.CHANGED)
SHOWN = 5
READING = Lock()
"""Of several requests that find the pairs not yet understood, one does the work and the others wait for it."""


def preview_rules(
    *, benchmark: Benchmark, before: tuple[EngineRule, ...], after: tuple[EngineRule, ...], number: int | None
) -> Preview:
    """Compare two rule sets over a benchmark. `number` names the rule being edited, whose firing is counted."""
    started = time.perf_counter()
    known = understood_pairs(benchmark)
    touched = RuleIndex(set(before) ^ set(after))
    edited = RuleIndex(rule for rule in after if rule.number == number)
    affected = [pair for pair in known if touched.recall(pair.understood.facts)]
    fired = tuple(pair for pair in known if edited.recall(pair.understood.facts))
    flips = _flips(affected, RuleIndex(before), RuleIndex(after)) if affected else []
    return Preview(
        pairs=len(known),
        failed=BenchmarkPair.objects.filter(benchmark=benchmark).count() - len(known),
        fires=len(fired),
        fired=fired[:SHOWN],
        affected=len(affected),
        flips=tuple(sorted(flips, key=lambda flip: (FLIP_ORDER.index(flip.change), flip.pair.pair_id))),
        milliseconds=(time.perf_counter() - started) * 1000,
    )


def example_faults(examples: Iterable[Example], rules: tuple[EngineRule, ...]) -> tuple[ExampleFault, ...]:
    """The pinned examples that do not hold under `rules`."""
    chain = chain_with(rules)
    judged = [(example, chain.judge(Case(example.query, example.title))) for example in examples]
    return tuple(
        ExampleFault(
            example.query,
            example.title,
            example.level,
            one.trace.level if one.trace else None,
            one.failure.kind if one.failure else "",
        )
        for example, one in judged
        if one.trace is None or one.trace.level is not example.level
    )


def firing_counts(*, benchmark: Benchmark, rules: Iterable[EngineRule]) -> Counter[int]:
    """How many pairs of the benchmark each rule is recalled on, by rule number."""
    index = RuleIndex(rules)
    return Counter(
        one.rule.number for pair in understood_pairs(benchmark) for one in index.recall(pair.understood.facts)
    )


def without_rule(*, benchmark: Benchmark, rules: tuple[EngineRule, ...], number: int) -> Preview:
    """What the rule does alone: the benchmark without it against the benchmark with it (leave one out)."""
    others = tuple(rule for rule in rules if rule.number != number)
    return preview_rules(benchmark=benchmark, before=others, after=rules, number=number)


def understood_pairs(benchmark: Benchmark) -> tuple[Known, ...]:
    """Every pair of a benchmark that can be understood, kept until a pair, a label or the knowledge changes."""
    members = BenchmarkPair.objects.filter(benchmark=benchmark)
    state = members.aggregate(
        pairs=Count("pk"), label=Max("label_id"), product=Max("pair__product__updated_at"), newest=Max("pk")
    )
    stamp = "/".join(str(value) for value in (benchmark.created_at, *state.values()))
    with READING:
        return _understood(benchmark.pk, stamp, lexicon_in_use().digest)


@lru_cache(maxsize=4)
def _understood(benchmark_id: int, stamp: str, knowledge: str) -> tuple[Known, ...]:
    """`stamp` and `knowledge` are the key under which the pairs are kept: another one reads them again."""
    labels: Mapping[int, str] = dict(
        BenchmarkPair.objects.filter(benchmark_id=benchmark_id).order_by("pk").values_list("pair_id", "label__level")
    )
    chain, cases = chain_with(()), cases_of(labels)
    known = []
    for pair_id, level in labels.items():
        understood = chain.understand(cases[pair_id])
        if not isinstance(understood, Failure):
            known.append(Known(pair_id, cases[pair_id].query, cases[pair_id].title, Level(level), understood))
    return tuple(known)


def _flips(affected: list[Known], before: RuleIndex, after: RuleIndex) -> list[Flip]:
    chain = Chain(lexicon_in_use(), before)
    flips = []
    for pair in affected:
        was, now = chain.judge_understood(pair.understood), chain.judge_understood(pair.understood, after)
        if was.level is not now.level:
            flips.append(Flip(pair, change_of(was.level, now.level, pair.expected), was, now))
    return flips
