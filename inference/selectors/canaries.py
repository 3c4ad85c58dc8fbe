"""Canaries: the fixed sample of a benchmark that every run judges anew, and what they tell of the judge."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from django.db.models import Exists, OuterRef, QuerySet

from annotation.models import BenchmarkPair
from inference.enums import RunState
from inference.models import Judgment, Run
from rules.engine.attributes import Level, LevelClass

ONE_IN = 10
"""At most one pair in so many is a canary, so that a rerun of a small benchmark stays one of what changed."""
MEMBER = ("pair_id", "label__level", "pair__query__text", "pair__product__external_id")
JUDGED = ("pair_id", "key", "level", "pk")


@dataclass(frozen=True, slots=True)
class Moved:
    """A canary that has another level in the later run, though nothing that decides it is another."""

    query: str
    title: str
    before: str
    after: str
    judgment: int
    pair: int


@dataclass(frozen=True, slots=True)
class Canary:
    """What the canaries say of the judge between two runs. `judged`: those with the same key in both, and a level."""

    judged: int = 0
    moved: tuple[Moved, ...] = ()

    @property
    def judge_moved(self) -> bool:
        """Whether the judge answered the same question otherwise: what differs is then no rule's doing for certain."""
        return bool(self.moved)


def sample_for(run: Run) -> tuple[int, ...]:
    """The pairs that are a run's canaries: as many as its configuration says, but one in ten at most.

    Those of the last finished run with this configuration stay. Others are added by a digest of their texts,
    from each class in turn.
    """
    size = min(run.config.canaries, run.total // ONE_IN)
    if not size or run.ablation_id is not None:
        return ()
    earlier = _earlier(run)
    return tuple(sorted(earlier)) if len(earlier) == size else _chosen(run, size, earlier)


def canary_of(before: Run, after: Run) -> Canary:
    """What the canaries of the later of two runs say, in three queries at most."""
    newer, older = (after, before) if after.pk > before.pk else (before, after)
    canaries = _judged(newer).filter(canary=True)
    asked = {row[0]: row[1:] for row in canaries.values_list(*JUDGED)}
    both = _judged(older).filter(pair__in=canaries.order_by().values("pair"))
    known = {row[0]: row[1:] for row in both.values_list(*JUDGED)}
    same = [pair for pair, row in known.items() if row[0] == asked[pair][0]]
    moved = [asked[pair][2] for pair in same if known[pair][1] != asked[pair][1]]
    levels = (known, asked) if newer is after else (asked, known)
    found = Judgment.objects.filter(pk__in=moved).select_related("pair__query", "pair__product") if moved else ()
    return Canary(
        len(same),
        tuple(
            Moved(
                query=one.pair.query.text,
                title=one.pair.product.title,
                before=levels[0][one.pair_id][1],
                after=levels[1][one.pair_id][1],
                judgment=one.pk,
                pair=one.pair_id,
            )
            for one in found
        ),
    )


def moved_by_the_judge(before: Run, after: Run) -> frozenset[int]:
    """Every pair, canary or not, that has another level under the same key: no rule can be credited with it."""
    same = Judgment.objects.filter(run=before, pair=OuterRef("pair"), key=OuterRef("key"), failure="")
    moved = _judged(after).filter(Exists(same.exclude(level=OuterRef("level"))))
    return frozenset(moved.values_list("pair_id", flat=True))


def _judged(run: Run) -> QuerySet[Judgment]:
    return Judgment.objects.filter(run=run, failure="").order_by("pk")


def _earlier(run: Run) -> frozenset[int]:
    """The canaries of the last finished run with the same configuration that are still in the benchmark."""
    runs = Run.objects.filter(benchmark=run.benchmark_id, config=run.config_id, state=RunState.FINISHED, ablation=None)
    canaries = Judgment.objects.filter(run=runs.order_by("-pk").values("pk")[:1], canary=True).order_by()
    members = BenchmarkPair.objects.filter(benchmark=run.benchmark_id, pair__in=canaries.values("pair_id"))
    return frozenset(members.order_by().values_list("pair_id", flat=True))


def _chosen(run: Run, size: int, earlier: Collection[int]) -> tuple[int, ...]:
    """Earlier canaries first; within a class by digest, and from each class in turn."""
    classes: dict[LevelClass, list[tuple[bool, str, int]]] = defaultdict(list)
    for pair, level, query, product in _members(run):
        classes[Level(level).level_class].append((pair not in earlier, _digest(query, product), pair))
    turns = [
        (added, turn, place, pair)
        for place, one in enumerate(LevelClass)
        for turn, (added, _digest_of_pair, pair) in enumerate(nsmallest(size, classes[one]))
    ]
    return tuple(sorted(pair for *_turn, pair in nsmallest(size, turns)))


def _members(run: Run) -> Iterator[tuple[int, str, str, str]]:
    members = BenchmarkPair.objects.filter(benchmark=run.benchmark_id).order_by().values_list(*MEMBER)
    yield from members.iterator()


def _digest(query: str, product: str) -> str:
    return hashlib.sha256(f"{query}\n{product}".encode()).hexdigest()
