"""Putting pairs in the queue of a benchmark: named ones, those of bad cases, or a sample of the catalogue."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import AssignmentState, QueuedOrigin, QueuedState
from annotation.models import Assignment, BadCase, Benchmark, Pair, QueuedPair
from annotation.sampling import are_shares, drawn
from annotation.selectors.labelling import labelling_of
from annotation.selectors.queue import candidates, category_of, pairs_among
from annotation.services.bulk import insert_values
from annotation.services.labelling import PERMISSION
from annotation.services.spreading import follow_votes
from annotation.services.turns import take_benchmark
from rules.engine.attributes import Level
from rules.services.audit import record
from rules.services.permissions import require

AT_ONCE = 1000
MOST_SAMPLED = 50_000
SEED_BITS = 32
VARYING = ("pair_id", "category", "place", "gold", "is_hard")
"""What differs among pairs that come into a queue together."""


@dataclass(frozen=True, slots=True)
class Queued:
    """How many pairs came into the queue, and how many were in it. `missing`: by category, how many could not be had."""

    added: int
    already: int
    missing: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def queue_pairs(
    *,
    by: User | AnonymousUser,
    benchmark: Benchmark,
    pairs: Sequence[int],
    origin: str = QueuedOrigin.IMPORT,
    gold: Mapping[int, str] | None = None,
    hard: Collection[int] = (),
    chosen: Mapping[str, object] | None = None,
) -> Queued:
    """Have people label these pairs (ids) for a benchmark. `gold`: the levels known beforehand of hidden gold pairs.

    `chosen`: how the pairs were come by, for the trail.
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    if set((gold or {}).values()) - {level.value for level in Level}:
        raise ValidationError(_("Choose a level."), code="level")
    queued = put_in_queue(benchmark=benchmark, pairs=pairs, origin=origin, gold=gold or {}, hard=hard)
    if queued.added:
        told = {"came": str(origin), "added": queued.added, "gold": len(gold or {}), **(chosen or {})}
        record(by=by, verb="pairs.queued", subject=f"benchmark:{benchmark.pk}", data=told)
    return queued


def queue_cases(*, by: User | AnonymousUser, benchmark: Benchmark, cases: Collection[int]) -> Queued:
    """Have people label the pairs of these bad cases (ids)."""
    pairs = list(BadCase.objects.filter(pk__in=cases).order_by("pk").values_list("pair", flat=True))
    return queue_pairs(by=by, benchmark=benchmark, pairs=pairs, origin=QueuedOrigin.CASE, hard=pairs)


def queue_sample(
    *,
    by: User | AnonymousUser,
    benchmark: Benchmark,
    size: int,
    quotas: Mapping[str, float] | None = None,
    hard: bool = False,
    disagreement: bool = False,
    recent_days: int = 0,
    fill: bool = False,
    seed: int | None = None,
) -> Queued:
    """Have people label pairs of the catalogue that the benchmark has not, drawn at random.

    `quotas` maps categories to their shares (as Table 3 of the paper); `hard` draws only from pairs that somebody got
    wrong or people differ on, `disagreement` only from those on which models differ, `recent_days` only from those
    whose queries were asked lately. `fill`: what a category lacks is drawn from the others, by their shares. The same
    `seed` draws the same; the trail has it.
    """
    require(by, PERMISSION)
    _refuse_odd(size, quotas)
    among = "hard" if hard else "disagreement" if disagreement else ""
    seed = random.getrandbits(SEED_BITS) if seed is None else seed
    found = candidates(benchmark, among=pairs_among(among), recent_days=recent_days)
    sample = drawn(found, size=size, quotas=quotas, fill=fill, rng=random.Random(seed))  # noqa: S311
    asked = {"size": size, "quotas": dict(quotas or {}), "among": among, "recent_days": recent_days, "fill": fill}
    queued = queue_pairs(
        by=by,
        benchmark=benchmark,
        pairs=sample.chosen,
        origin=QueuedOrigin.TRAFFIC if recent_days else QueuedOrigin.SAMPLE,
        hard=sample.chosen if hard else (),
        chosen=asked | {"seed": seed},
    )
    return Queued(queued.added, queued.already, sample.missing)


def _refuse_odd(size: int, quotas: Mapping[str, float] | None) -> None:
    """Raise ValidationError unless so many can be drawn by such shares."""
    if not 0 < size <= MOST_SAMPLED:
        raise ValidationError(_("Between 1 and %(most)s pairs can be drawn.") % {"most": MOST_SAMPLED}, code="size")
    if quotas and not are_shares(quotas.values()):
        raise ValidationError(_("Shares are positive numbers."), code="quotas")


@transaction.atomic
def withdraw_pairs(*, by: User | AnonymousUser, benchmark: Benchmark, queued: Collection[int]) -> int:
    """Take open pairs (ids of the queue) out of it; what was said of them stays. How many were taken out."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    take_benchmark(benchmark)
    rows = QueuedPair.objects.select_for_update().filter(benchmark=benchmark, pk__in=queued, state=QueuedState.OPEN)
    found = list(rows.order_by("pk"))
    for row in found:
        Assignment.objects.filter(queued=row, state=AssignmentState.HELD, label=None).update(
            state=AssignmentState.LOST, slot=None
        )
        QueuedPair.objects.filter(pk=row.pk).update(state=QueuedState.WITHDRAWN, taken=row.done)
    if found:
        told = {"pairs": [row.pair_id for row in found]}
        record(by=by, verb="pairs.withdrawn", subject=f"benchmark:{benchmark.pk}", data=told)
    return len(found)


def put_in_queue(
    *,
    benchmark: Benchmark,
    pairs: Iterable[int],
    origin: str,
    gold: Mapping[int, str] | None = None,
    hard: Collection[int] = (),
) -> Queued:
    """Store the pairs that are not in the queue, each at a random place. Belongs inside a transaction."""
    take_benchmark(benchmark)
    labelling = labelling_of(benchmark)
    overlap = labelling.overlap if labelling else 1
    wanted, hard, known = list(dict.fromkeys(pairs)), frozenset(hard), gold or {}
    added = 0
    for part in in_parts(wanted, AT_ONCE):
        there = set(QueuedPair.objects.filter(benchmark=benchmark, pair__in=part).values_list("pair", flat=True))
        fresh = Pair.objects.filter(pk__in=[pk for pk in part if pk not in there])
        rows = [
            (pk, category_of(given, parsed), random.getrandbits(31), known.get(pk, ""), pk in hard)
            for pk, given, parsed in fresh.values_list("pk", "product__given", "product__parsed")
        ]
        insert_values(QueuedPair(benchmark=benchmark, origin=origin, overlap=overlap), VARYING, rows)
        added += len(rows)
        if labelling and labelling.follows_votes:
            follow_votes(labelling, part)
    return Queued(added, len(wanted) - added)


def in_parts(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    """`ids`, so many at a time."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
