"""Claiming pairs of a run, judging them, and storing what came of it exactly once."""

import logging
import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Judgment, JudgmentTrace, Run, RunItem
from inference.pipeline.case import Case, case_to_json
from inference.pipeline.chain import Chain
from inference.pipeline.kept_reading import KeptReading
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.chains import chain_of
from inference.selectors.readings import case_digests, context_of
from inference.selectors.understood import FAULT, Read, read_pairs
from inference.services.readings import keep_readings
from inference.services.runs import announce, finish_run, pins_hold
from inference.services.taking_over import Earlier, earlier_by_key, take_over

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
class Prepared:
    """A pair as far as it goes without deciding: understood or failed, with its key, and the seconds it took.

    `digest` is that of its texts as the catalogue had them.
    """

    item: RunItem
    case: Case
    digest: str
    understood: Understanding | Failure
    key: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Made:
    """A judgment not yet stored, with its trace unless that is an earlier one's, and what is kept of the reading."""

    judgment: Judgment
    trace: JudgmentTrace | None = None
    reading: KeptReading | None = None


def judge_batch(*, run_id: int) -> Batch:
    """Take over what is known, claim up to JUDGE_BATCH of the other pairs, judge and store them; the last one finishes."""
    run = Run.objects.select_related("release", "config").get(pk=run_id)
    if run.state != RunState.RUNNING or not pins_hold(run=run):
        return Batch(0, None)
    chain = chain_of(run)
    taken = take_over(run=run, chain=chain)
    if taken.left > settings.JUDGE_BATCH:
        announce(run)  # more than this task can take: the other workers, which found nothing yet, shall help
    stored = taken.stored
    claim = claim_items(run=run)
    if claim.items:
        made = judge_items(run=run, items=claim.items, chain=chain)
        stored += store(run=run, token=claim.token, made=made, context=context_of(chain))
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
    """Take new items, or else ones whose claim ran out. Two workers never get the same."""
    token, now = uuid.uuid4().hex, timezone.now()
    mine = RunItem.objects.filter(run=run).order_by("pk").select_for_update(skip_locked=True)
    with transaction.atomic():
        items = list(mine.filter(state=ItemState.NEW)[: settings.JUDGE_BATCH]) or list(
            mine.filter(state=ItemState.CLAIMED, claimed_until__lt=now)[: settings.JUDGE_BATCH]
        )
        RunItem.objects.filter(pk__in=[item.pk for item in items]).update(
            state=ItemState.CLAIMED, claimed_by=token, claimed_until=now + timedelta(seconds=settings.CLAIM_SECONDS)
        )
    return Claim(token, tuple(items))


def store(*, run: Run, token: str, made: Collection[Made], context: str) -> int:
    """Store the judgments whose items this token still holds, in a run still running, and say how many."""
    with transaction.atomic():
        held = RunItem.objects.filter(run=run, run__state=RunState.RUNNING, state=ItemState.CLAIMED, claimed_by=token)
        pairs = set(held.select_for_update(of=("self",)).values_list("pair_id", flat=True))
        kept = [one for one in made if one.judgment.pair_id in pairs]
        store_traces(kept)
        Judgment.objects.bulk_create([one.judgment for one in kept])
        if run.ablation_id is None:
            readings = {one.judgment.pair_id: one.reading for one in kept if one.reading}
            cases = {one.judgment.pair_id: one.judgment.case for one in kept}
            keep_readings(context=context, cases=cases, readings=readings)
        RunItem.objects.filter(run=run, claimed_by=token, pair_id__in=pairs).delete()
    return len(kept)


def store_traces(made: Collection[Made]) -> None:
    """Store the traces of judgments made anew, and name them in the judgments."""
    traces = [(one.judgment, one.trace) for one in made if one.trace is not None]
    JudgmentTrace.objects.bulk_create([trace for _judgment, trace in traces])
    for judgment, trace in traces:
        judgment.traced = trace


def time_until_more(*, run: Run) -> float | None:
    """Seconds until pairs may be claimed: none if some wait, those of the next claim to run out, None if all are done."""
    items = RunItem.objects.filter(run=run)
    if items.filter(state__in=[ItemState.WAITING, ItemState.NEW]).exists():
        return 0.0
    until: datetime | None = items.filter(state=ItemState.CLAIMED).aggregate(Min("claimed_until"))["claimed_until__min"]
    return max((until - timezone.now()).total_seconds(), 0.0) + 1.0 if until else None


def judge_items(*, run: Run, items: Sequence[RunItem], chain: Chain | None = None) -> list[Made]:
    """A judgment for every item; one made before under the same key is taken over instead of made again."""
    chain = chain or chain_of(run)
    prepared = prepare_items(run, items, chain)
    earlier = earlier_by_key(one.key for one in prepared if may_take_over(run, one))
    return [judge(run, chain, one, earlier.get(one.key) if may_take_over(run, one) else None) for one in prepared]


def may_take_over(run: Run, one: Prepared) -> bool:
    """Whether a pair may have the judgment made before under its key."""
    return bool(one.key) and not (run.full or one.item.canary)


def prepare_items(run: Run, items: Sequence[RunItem], chain: Chain) -> list[Prepared]:
    """The pairs of some items understood. Digests are taken first: a change in between leaves a digest that never holds."""
    ids = [item.pair_id for item in items]
    digests = case_digests(ids)
    anew = {item.pair_id for item in items if run.full or item.canary}
    read = read_pairs(ids, digests, chain, anew)
    return [prepare(chain, item, read[item.pair_id], digests[item.pair_id]) for item in items]


def prepare(chain: Chain, item: RunItem, read: Read, digest: str = "") -> Prepared:
    """A pair that was read, with its key. One that the pipeline broke on has none."""
    if isinstance(read.understood, Failure):
        key = "" if read.understood.kind == FAULT else chain.failure_key(read.case)
    else:
        key = chain.key(read.understood)
    return Prepared(item, read.case, digest, read.understood, key, read.seconds)


def judge(run: Run, chain: Chain, one: Prepared, earlier: Earlier | None) -> Made:
    """The judgment of a prepared pair, not yet stored. Never a default level: what can't be judged has failed."""
    if isinstance(one.understood, Failure):
        return failed(run, one, one.understood, one.seconds)
    reading = chain.keep(one.understood)
    if earlier is not None:
        judgment = begun(run, one, one.seconds)
        judgment.reused = True
        judgment.level, judgment.line, judgment.traced_id = earlier.level, earlier.line, earlier.traced
        return Made(judgment, reading=reading)
    started = time.perf_counter()
    try:
        trace = chain.judge_understood(one.understood)
    except Exception as error:
        logger.exception("pair %s of run %s could not be judged", one.item.pair_id, run.pk)
        return failed(run, one, Failure(FAULT, type(error).__name__), one.seconds)
    judgment = begun(run, one, one.seconds + time.perf_counter() - started)
    judgment.level, judgment.line = trace.level.value, trace.line
    return Made(judgment, trace_of(one, trace.to_json()), reading)


def failed(run: Run, one: Prepared, failure: Failure, seconds: float) -> Made:
    """The judgment of a pair that could not be judged."""
    judgment = begun(run, one, seconds)
    judgment.failure = failure.kind
    return Made(judgment, trace_of(one, {"failure": failure.kind, "detail": failure.detail}))


def begun(run: Run, one: Prepared, seconds: float) -> Judgment:
    """A judgment without its answer."""
    return Judgment(
        run=run,
        pair_id=one.item.pair_id,
        expected=one.item.expected,
        key=one.key,
        case=one.digest,
        canary=one.item.canary,
        milliseconds=seconds * 1000,
    )


def trace_of(one: Prepared, content: dict[str, Any]) -> JudgmentTrace:
    """What decided a pair, with the texts that were judged."""
    return JudgmentTrace(key=one.key, content=content, case=case_to_json(one.case))
