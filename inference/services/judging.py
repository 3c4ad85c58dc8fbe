"""Judging the pairs of a run, batch by batch, until none is left."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Run, RunItem
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.selectors.chains import chain_of
from inference.selectors.model_judges import stage_models
from inference.selectors.readings import context_of
from inference.selectors.understood import FAULT
from inference.services.asking import ask_batch
from inference.services.making import (
    Made,
    Prepared,
    asks_model,
    begun,
    claim_items,
    failed,
    hold,
    may_take_over,
    prepare_items,
    store,
    taken_over,
    trace_of,
)
from inference.services.runs import announce, finish_run, judge_for, pins_hold
from inference.services.sharing import shared_judge
from inference.services.stretch import nobody
from inference.services.taking_over import Earlier, earlier_by_key, take_over
from inference.services.telling import Telling

logger = logging.getLogger(__name__)
ROUNDS_AHEAD = 4
"""Pairs claimed for each call that the model of a stage takes at a time: the end of a round keeps few of them waiting."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call did. `again_in`: seconds until there may be more to do, or None when the run has ended."""

    stored: int
    again_in: float | None


def judge_batch(*, run_id: int, others_wait: Callable[[], bool] = nobody) -> Batch:
    """Take over what is known, claim up to JUDGE_BATCH of the other pairs, judge and store them; the last one finishes.

    `others_wait` says whether other work waits for this worker: a served model is asked for longer while none does.
    """
    run = Run.objects.select_related("release", "config__endpoint").get(pk=run_id)
    if run.state != RunState.RUNNING or not pins_hold(run=run):
        return Batch(0, None)
    if asks_model(run) and (seconds := seconds_held(run=run)):
        return Batch(0, seconds)  # another worker asks
    chain = chain_of(run)
    taken = take_over(run=run, chain=chain)
    if taken.left > settings.JUDGE_BATCH and not asks_model(run):
        announce(run)  # more than this task can take: the other workers, which found nothing yet, shall help
    stored = taken.stored
    try:
        model = judge_for(run=run)
    except ValidationError:
        return Batch(stored, None)
    if model is None:
        stored += judge_some(run=run, chain=chain)
    else:
        stored += ask_batch(run=run, chain=chain, judge=shared_judge(run=run, judge=model), others_wait=others_wait)
    again_in = time_until_more(run=run)
    if again_in is None:
        finish_run(run=run)
    return Batch(stored, again_in)


def judge_some(*, run: Run, chain: Chain) -> int:
    """Judge up to JUDGE_BATCH pairs that are new with the lexical engine, and say how many were stored."""
    at_once = [one.row.in_flight for one in stage_models(run.config).values()]
    claim = claim_items(run=run, most=ROUNDS_AHEAD * max(at_once, default=0))
    if not claim.items:
        return 0
    made = judge_items(run=run, items=claim.items, chain=chain, beat=partial(hold, run=run, token=claim.token))
    return store(run=run, token=claim.token, made=made, context=context_of(chain))


def judge_all(*, run: Run) -> Run:
    """Judge a run to its end in this process, without a worker. For commands and tests."""
    while (batch := judge_batch(run_id=run.pk)).again_in is not None:
        time.sleep(0 if batch.stored else min(batch.again_in, 1))
    run.refresh_from_db()
    return run


def time_until_more(*, run: Run) -> float | None:
    """Seconds until pairs may be claimed: none if some wait, those of the next claim to run out, None if all are done."""
    if RunItem.objects.filter(run=run, state__in=[ItemState.WAITING, ItemState.NEW]).exists():
        return seconds_held(run=run) if asks_model(run) else 0.0
    until = first_claim_until(run=run)
    return max((until - timezone.now()).total_seconds(), 0.0) + 1.0 if until else None


def seconds_held(*, run: Run) -> float:
    """Seconds until the first claim of a run under way runs out, 0 if none is."""
    until, now = first_claim_until(run=run, after=timezone.now()), timezone.now()
    return (until - now).total_seconds() + 1.0 if until and until > now else 0.0


def first_claim_until(*, run: Run, after: datetime | None = None) -> datetime | None:
    """When the first of the claims runs out, of those that run out later than `after`."""
    held = RunItem.objects.filter(run=run, state=ItemState.CLAIMED)
    if after is not None:
        held = held.filter(claimed_until__gte=after)
    until: datetime | None = held.aggregate(Min("claimed_until"))["claimed_until__min"]
    return until


def judge_items(
    *, run: Run, items: Sequence[RunItem], chain: Chain | None = None, beat: Callable[[], bool] | None = None
) -> list[Made]:
    """A judgment for every item; one made before under the same key is taken over instead of made again.

    `beat` is called while models are asked, and says whether to go on.
    """
    chain = chain or chain_of(run)
    with Telling(chain, run.config, run=run, beat=beat) as telling:
        prepared = prepare_items(run, items, telling)
    earlier = earlier_by_key(one.key for one in prepared if may_take_over(run, one))
    return [judge(run, chain, one, earlier.get(one.key) if may_take_over(run, one) else None) for one in prepared]


def judge(run: Run, chain: Chain, one: Prepared, earlier: Earlier | None) -> Made:
    """The judgment of a prepared pair, not yet stored. Never a default level: what can't be judged has failed."""
    if isinstance(one.understood, Failure):
        return failed(run, one, one.understood, one.seconds)
    if earlier is not None:
        return taken_over(run, one, earlier)
    started = time.perf_counter()
    try:
        trace = chain.decide(one.understood, one.recalled)
    except Exception as error:
        logger.exception("pair %s of run %s could not be judged", one.item.pair_id, run.pk)
        return failed(run, one, Failure(FAULT, type(error).__name__), one.seconds)
    judgment = begun(run, one, one.seconds + time.perf_counter() - started)
    judgment.level, judgment.line = trace.level.value, trace.line
    return Made(judgment, trace_of(one, trace.to_json()), one.kept)
