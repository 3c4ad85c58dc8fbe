"""The checks against labels: before and after on the benchmark, and the pairs that must hold."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max, QuerySet

from annotation.models import Benchmark, BenchmarkPair, Product
from inference.enums import RunState
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_with
from inference.selectors.drafted import Drafted, Found
from inference.selectors.gate import ask_gate, gate_policy
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.preview import preview_rules
from inference.selectors.runs import standing_runs
from rules.engine.attributes import Level, gettext_noop
from rules.enums import CheckName, CheckState
from rules.models import Proposal

NO_BENCHMARK = gettext_noop("There is no benchmark to compare on.")
NOTHING_MUST = gettext_noop("No pair is marked as one that must hold.")
ALL_HOLD = gettext_noop("None of the %(count)s pairs that must hold moves away from its label.")
OTHERS_NEVER_HELD = gettext_noop(
    "None of the %(count)s pairs that must hold moves away from its label; %(wrong)s differ from it already."
)
MOVED = gettext_noop("%(failed)s of the %(count)s pairs that must hold would move away from their labels.")


@dataclass(frozen=True, slots=True)
class Held:
    """A pair that must hold, before and after. A level is None where the pair can't be judged."""

    pair_id: int
    query: str
    title: str
    benchmark: str
    expected: Level
    before: Level | None
    after: Level | None

    @property
    def right(self) -> bool:
        """Whether it has its label's class under the drafted rules."""
        return self.after is not None and self.after.level_class is self.expected.level_class

    @property
    def fails(self) -> bool:
        """Whether the proposal moves it away from its label."""
        return not self.right and self.before is not None and self.before.level_class is self.expected.level_class


def check_benchmark(drafted: Drafted) -> Found:
    """What the proposal does to the first benchmark, and whether that is no more harm than the gate allows."""
    benchmark = Benchmark.objects.order_by("pk").first()
    behind = behind_benchmark(drafted.proposal)
    if benchmark is None:
        return Found(CheckState.UNDERPOWERED, NO_BENCHMARK, {}, behind=behind)
    before, after = drafted.index_before().rules, drafted.index_after().rules
    seen = preview_rules(benchmark=benchmark, before=before, after=after, number=None)
    said = ask_gate(benchmark, seen, gate_policy())
    return Found(said.state, said.summary, said.params, seen.flips, behind, said.gate)


def check_must_hold(drafted: Drafted) -> Found:
    """Whether each pair that must hold keeps its label's class. One that did not have it before fails nothing."""
    behind = behind_must_hold()
    members = list(_must_hold().values_list("pair_id", "benchmark__name", "label__level"))
    if not members:
        return Found(CheckState.PASSED, NOTHING_MUST, {}, behind=behind)
    rows = sorted(_held(drafted, members), key=lambda one: (not one.fails, one.right, one.pair_id))
    failed, wrong = sum(one.fails for one in rows), sum(not one.right for one in rows)
    params = {"failed": failed, "wrong": wrong, "count": len(rows)}
    if failed:
        return Found(CheckState.FAILED, MOVED, params, tuple(rows), behind)
    return Found(CheckState.PASSED, OTHERS_NEVER_HELD if wrong else ALL_HOLD, params, tuple(rows), behind)


def labels_behind(name: str) -> str:
    """What a check would rest on now of the labels; empty for one that rests on none. See `Check.behind`."""
    if name == CheckName.MUST_HOLD:
        return behind_must_hold()
    benchmark = Benchmark.objects.order_by("pk").first() if name == CheckName.BENCHMARK else None
    return f"{benchmark.slug} {_labels(benchmark)} gate {gate_policy().pk or 0}" if benchmark else ""


def behind_benchmark(proposal: Proposal) -> str:
    """The benchmark with its labels, the terms of the gate, and the newest finished run of the base release on it."""
    benchmark = Benchmark.objects.order_by("pk").first()
    runs = standing_runs().filter(benchmark=benchmark, release=proposal.base_id, state=RunState.FINISHED)
    run = runs.order_by("-pk").first() if benchmark else None
    return f"{labels_behind(CheckName.BENCHMARK)}{f' run {run.pk}' if run else ''}"


def behind_must_hold() -> str:
    """The pairs that must hold with their labels."""
    rows = _must_hold().values_list("benchmark_id", "pair_id", "label__level")
    return f"must-hold {_digest(rows)}"


def _must_hold() -> QuerySet[BenchmarkPair]:
    return BenchmarkPair.objects.filter(must_hold=True).order_by("pk")


def _labels(benchmark: Benchmark) -> str:
    """How many pairs there are and the newest label of any: a change of mind is another label."""
    members = BenchmarkPair.objects.filter(benchmark=benchmark)
    state = members.aggregate(pairs=Count("pk"), newest=Max("label_id"))
    return f"{state['pairs']}/{state['newest'] or 0}"


def _digest(rows: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:12]


def _held(drafted: Drafted, members: list[tuple[int, str, str]]) -> Iterable[Held]:
    ids = tuple(dict.fromkeys(pair_id for pair_id, _name, _level in members))
    cases = cases_of(ids)
    changed = Product.objects.aggregate(newest=Max("updated_at"))["newest"]
    understood = _understood(ids, f"{changed}", lexicon_in_use())
    before, after, chain = drafted.index_before(), drafted.index_after(), chain_with(())
    for pair_id, name, level in members:
        known = understood.get(pair_id)
        was, now = ((chain.judge_understood(known, index).level if known else None) for index in (before, after))
        yield Held(pair_id, cases[pair_id].query, cases[pair_id].title, name, Level(level), was, now)


@lru_cache(maxsize=2)
def _understood(ids: tuple[int, ...], changed: str, lexicon: Lexicon) -> dict[int, Understanding]:
    """All but the ids is the key under which the pairs are kept."""
    chain = chain_with(())
    read = {pair_id: chain.understand(case) for pair_id, case in cases_of(ids).items()}
    return {pair_id: one for pair_id, one in read.items() if not isinstance(one, Failure)}
