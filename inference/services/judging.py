"""Claiming pairs of a run, judging them, and storing what came of it exactly once."""

import logging
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Judgment, Run, RunItem
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_of
from inference.services.runs import finish_run, pins_hold

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call did. `again_in`: seconds until there may be more to do, or None when the run has ended."""

    stored: int
    again_in: float | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Items that this token alone may store judgments for."""

    token: str
    items: tuple[RunItem, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A judgment made before, found by its key."""

    level: str
    line: int
    trace: Any


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pair as far as it goes without deciding: understood or failed, with its key, and the seconds it took."""

    item: RunItem
    understood: Understanding | Failure
    key: str
    seconds: float


def judge_batch(*, run_id: int) -> Batch:
    """Claim up to JUDGE_BATCH pairs of a run, judge and store them; the last one finishes the run."""
    run = Run.objects.select_related("release", "config").get(pk=run_id)
    if run.state != RunState.RUNNING or not pins_hold(run=run):
        return Batch(0, None)
    claim = claim_items(run=run)
    stored = store(run=run, token=claim.token, judgments=judge_items(run=run, items=claim.items)) if claim.items else 0
    again_in = time_until_more(run=run)
    if again_in is None:
        finish_run(run=run)
    return Batch(stored, again_in)


def judge_all(*, run: Run) -> Run:
    """Judge a run to its end in this process, without a worker. For commands and tests."""
    while (batch := judge_batch(run_id=run.pk)).again_in is not None:
        time.sleep(0 if batch.stored else min(batch.again_in, 1))
    run.refresh_from_db()
    return run


def claim_items(*, run: Run) -> Claim:
    """Take waiting items, or else ones whose claim ran out. Two workers never get the same."""
    token, now = uuid.uuid4().hex, timezone.now()
    mine = RunItem.objects.filter(run=run).order_by("pk").select_for_update(skip_locked=True)
    with transaction.atomic():
        items = list(mine.filter(state=ItemState.WAITING)[: settings.JUDGE_BATCH]) or list(
            mine.filter(state=ItemState.CLAIMED, claimed_until__lt=now)[: settings.JUDGE_BATCH]
        )
        RunItem.objects.filter(pk__in=[item.pk for item in items]).update(
            state=ItemState.CLAIMED, claimed_by=token, claimed_until=now + timedelta(seconds=settings.CLAIM_SECONDS)
        )
    return Claim(token, tuple(items))


def store(*, run: Run, token: str, judgments: Iterable[Judgment]) -> int:
    """Store the judgments whose items this token still holds, in a run still running, and say how many."""
    with transaction.atomic():
        held = RunItem.objects.filter(run=run, run__state=RunState.RUNNING, state=ItemState.CLAIMED, claimed_by=token)
        pairs = set(held.select_for_update(of=("self",)).values_list("pair_id", flat=True))
        kept = Judgment.objects.bulk_create([one for one in judgments if one.pair_id in pairs])
        RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_by=token, pair_id__in=pairs).update(
            state=ItemState.DONE, claimed_by="", claimed_until=None
        )
    return len(kept)


def time_until_more(*, run: Run) -> float | None:
    """Seconds until pairs may be claimed: none if some wait, those of the next claim to run out, None if all are done."""
    items = RunItem.objects.filter(run=run)
    if items.filter(state=ItemState.WAITING).exists():
        return 0.0
    until: datetime | None = items.filter(state=ItemState.CLAIMED).aggregate(Min("claimed_until"))["claimed_until__min"]
    return max((until - timezone.now()).total_seconds(), 0.0) + 1.0 if until else None


def judge_items(*, run: Run, items: Sequence[RunItem], chain: Chain | None = None) -> list[Judgment]:
    """A judgment for every item; one made before under the same key is taken over instead of made again."""
    chain = chain or chain_of(run)
    cases = cases_of(item.pair_id for item in items)
    prepared = [prepare(chain, item, cases[item.pair_id]) for item in items]
    earlier = earlier_by_key(one.key for one in prepared if one.key)
    return [judge(run, chain, one, earlier.get(one.key)) for one in prepared]


def prepare(chain: Chain, item: RunItem, case: Case) -> Prepared:
    """Understand a pair and render its key. A fault of the pipeline fails this pair and no other."""
    started = time.perf_counter()
    try:
        understood = chain.understand(case)
        key = chain.judge(case).key if isinstance(understood, Failure) else chain.key(understood)
    except Exception as error:
        logger.exception("pair %s of run %s could not be understood", item.pair_id, item.run_id)
        understood, key = Failure("error", type(error).__name__), ""
    return Prepared(item, understood, key, time.perf_counter() - started)


def earlier_by_key(keys: Iterable[str]) -> Mapping[str, Earlier]:
    """The first judgment ever made under each key; failed ones are tried again."""
    made = Judgment.objects.filter(key__in=set(keys), failure="")
    firsts = made.order_by().values("key").annotate(first=Min("pk")).values("first")
    rows = Judgment.objects.filter(pk__in=firsts).order_by().values_list("key", "level", "line", "trace")
    return {key: Earlier(level, line, trace) for key, level, line, trace in rows}


def judge(run: Run, chain: Chain, one: Prepared, earlier: Earlier | None) -> Judgment:
    """The judgment of a prepared pair, not yet stored. Never a default level: what can't be judged has failed."""
    judgment = Judgment(run=run, pair_id=one.item.pair_id, expected=one.item.expected, key=one.key)
    if isinstance(one.understood, Failure):
        return fail(judgment, one.understood, one.seconds)
    if earlier is not None:
        judgment.reused = True
        judgment.level, judgment.line, judgment.trace = earlier.level, earlier.line, earlier.trace
        judgment.milliseconds = one.seconds * 1000
        return judgment
    started = time.perf_counter()
    try:
        trace = chain.judge_understood(one.understood)
    except Exception as error:
        logger.exception("pair %s of run %s could not be judged", one.item.pair_id, run.pk)
        return fail(judgment, Failure("error", type(error).__name__), one.seconds)
    judgment.level, judgment.line, judgment.trace = trace.level.value, trace.line, trace.to_json()
    judgment.milliseconds = (one.seconds + time.perf_counter() - started) * 1000
    return judgment


def fail(judgment: Judgment, failure: Failure, seconds: float) -> Judgment:
    """The same judgment, failed."""
    judgment.failure, judgment.milliseconds = failure.kind, seconds * 1000
    judgment.trace = {"failure": failure.kind, "detail": failure.detail}
    return judgment
