"""What a set of rules would change on a benchmark, found without storing anything.

What rules read of every pair is kept (`inference.selectors.benchmark_pairs`); only those pairs are decided again on
which a changed rule is recalled, before or after the change. The others can't differ.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotation.models import Benchmark, BenchmarkPair
from inference.comparison import Change, change_of
from inference.pipeline.affected import Affected
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Trace
from inference.selectors.benchmark_pairs import Known, labelled_pairs, understandings
from inference.selectors.chains import chain_with
from inference.selectors.knowledge import lexicon_in_use
from rules.engine.attributes import Level
from rules.engine.content import Example
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule


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

    `touched` names the affected ones. `failed` pairs can't be judged whatever the rules, and are in no other count.
    """

    pairs: int
    failed: int
    fires: int
    fired: tuple[Known, ...]
    affected: int
    flips: tuple[Flip, ...]
    milliseconds: float
    touched: tuple[int, ...] = ()

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


def preview_rules(
    *, benchmark: Benchmark, before: tuple[EngineRule, ...], after: tuple[EngineRule, ...], number: int | None
) -> Preview:
    """Compare two rule sets over a benchmark. `number` names the rule being edited, whose firing is counted."""
    started = time.perf_counter()
    known = labelled_pairs(benchmark)
    touched, edited = Affected(before, after), RuleIndex(rule for rule in after if rule.number == number)
    affected = [pair for pair in known if touched(pair.facts)]
    fired = tuple(pair for pair in known if edited.fired(pair.facts)) if edited.rules else ()
    flips = _flips(affected, RuleIndex(before), RuleIndex(after)) if affected else []
    return Preview(
        pairs=len(known),
        failed=BenchmarkPair.objects.filter(benchmark=benchmark).count() - len(known),
        fires=len(fired),
        fired=fired[:SHOWN],
        affected=len(affected),
        flips=tuple(sorted(flips, key=lambda flip: (FLIP_ORDER.index(flip.change), flip.pair.pair_id))),
        milliseconds=(time.perf_counter() - started) * 1000,
        touched=tuple(pair.pair_id for pair in affected),
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
    return Counter(number for pair in labelled_pairs(benchmark) for number in index.fired(pair.facts))


def without_rule(*, benchmark: Benchmark, rules: tuple[EngineRule, ...], number: int) -> Preview:
    """What the rule does alone: the benchmark without it against the benchmark with it (leave one out)."""
    others = tuple(rule for rule in rules if rule.number != number)
    return preview_rules(benchmark=benchmark, before=others, after=rules, number=number)


def _flips(affected: Sequence[Known], before: RuleIndex, after: RuleIndex) -> list[Flip]:
    chain = Chain(lexicon_in_use(), before)
    flips = []
    for pair, understood in understandings(affected):
        was, now = chain.judge_understood(understood), chain.judge_understood(understood, after)
        if was.level is not now.level:
            flips.append(Flip(pair, change_of(was.level, now.level, pair.expected), was, now))
    return flips
