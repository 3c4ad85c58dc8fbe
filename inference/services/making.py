"""Making the judgments of a run: pairs are claimed, prepared, and what came of them is stored exactly once."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.knowledge.pinned import pins_of
from inference.models import Judgment, JudgmentTrace, ModelEndpoint, Run, RunItem
from inference.pipeline.case import Case, case_to_json
from inference.pipeline.chain import NOT_TOLD, Chain
from inference.pipeline.kept_reading import KeptReading
from inference.pipeline.product_category import product_category
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.model_judges import asks_models
from inference.selectors.readings import case_digests
from inference.selectors.understood import FAULT, Read, fault_of
from inference.services.inserting import insert, insert_with_ids
from inference.services.pinning import keep_passages
from inference.services.readings import keep_readings
from inference.services.taking_over import MOST_AT_ONCE, Earlier, earlier_by_key
from inference.services.telling import Telling
from rules.engine.recall import Recalled


@dataclass(frozen=True, slots=True)
class Claim:
    """Items that this token alone may store judgments for."""

    token: str
    items: tuple[RunItem, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pair as far as it goes without deciding: understood or failed, with its key, and the seconds it took.

    `digest` is that of its texts as the catalogue had them, `category` that of the product as it was read. `kept` is
    what is stored of the reading, `recalled` are the rules that apply; a failure has neither.
    """

    item: RunItem
    case: Case
    digest: str
    understood: Understanding | Failure
    key: str
    seconds: float
    category: str = ""
    kept: KeptReading | None = None
    recalled: tuple[Recalled, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A judgment not yet stored, with its trace unless that is an earlier one's, and what is kept of the reading."""

    judgment: Judgment
    trace: JudgmentTrace | None = None
    reading: KeptReading | None = None


def claim_items(*, run: Run, token: str = "", most: int = 0) -> Claim:
    """Take up to `most` or JUDGE_BATCH new items, whichever is more, or else ones whose claim ran out.

    Two workers, each with a token of its own, never get the same; of a run that asks a model only one gets any.
    """
    most = max(most, settings.JUDGE_BATCH)
    token, now = token or uuid.uuid4().hex, timezone.now()
    mine = RunItem.objects.filter(run=run).order_by("pk").select_for_update(skip_locked=True)
    with transaction.atomic():
        if asks_model(run) and held_by_another(run=run, token=token):
            return Claim(token, ())
        items = list(mine.filter(state=ItemState.NEW)[:most]) or list(
            mine.filter(state=ItemState.CLAIMED, claimed_until__lt=now)[:most]
        )
        RunItem.objects.filter(pk__in=[item.pk for item in items]).update(
            state=ItemState.CLAIMED, claimed_by=token, claimed_until=now + timedelta(seconds=settings.CLAIM_SECONDS)
        )
    return Claim(token, tuple(items))


def asks_model(run: Run) -> bool:
    """Whether served models judge a run or perform stages of it: two workers would send one twice the calls it takes."""
    return asks_models(run.config)


def held_by_another(*, run: Run, token: str) -> bool:
    """Whether somebody else holds pairs of a run. Whoever asks waits for those who ask at the same moment."""
    Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    held = RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_until__gte=timezone.now())
    return held.exclude(claimed_by=token).exists()


def let_go(*, run: Run, token: str, pairs: Sequence[int]) -> None:
    """Free pairs that this token holds and did not judge; whoever comes next takes them."""
    held = RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_by=token)
    for start in range(0, len(pairs), MOST_AT_ONCE):
        some = pairs[start : start + MOST_AT_ONCE]
        held.filter(pair_id__in=some).update(state=ItemState.NEW, claimed_by="", claimed_until=None)


def hold(*, run: Run, token: str) -> bool:
    """Hold on for longer to what this token has claimed; False once the run is no longer running."""
    until = timezone.now() + timedelta(seconds=settings.CLAIM_SECONDS)
    RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_by=token).update(claimed_until=until)
    return Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists()


def store(*, run: Run, token: str, made: Collection[Made], context: str) -> int:
    """Store the judgments whose items this token still holds, in a run still running, and say how many.

    That no model was asked yet is no judgment: such a pair is free again.
    """
    with transaction.atomic():
        held = RunItem.objects.filter(run=run, run__state=RunState.RUNNING, state=ItemState.CLAIMED, claimed_by=token)
        held = held.filter(pair_id__in=[one.judgment.pair_id for one in made])
        pairs = set(held.select_for_update(of=("self",)).values_list("pair_id", flat=True))
        untold = {one.judgment.pair_id for one in made if one.judgment.failure == NOT_TOLD} & pairs
        let_go(run=run, token=token, pairs=sorted(untold))
        pairs -= untold
        kept = [one for one in made if one.judgment.pair_id in pairs]
        store_traces(kept)
        insert([one.judgment for one in kept])
        if run.ablation_id is None:
            readings = {one.judgment.pair_id: one.reading for one in kept if one.reading and one.reading.whole}
            cases = {one.judgment.pair_id: one.judgment.case for one in kept}
            keep_readings(context=context, cases=cases, readings=readings)
        RunItem.objects.filter(run=run, claimed_by=token, pair_id__in=pairs).delete()
    return len(kept)


def first_stored(*, run: Run, judge: ModelEndpoint, made: Sequence[Made]) -> list[Made]:
    """What a model judged, each as the judgment that another run stored under its key meanwhile, if one did.

    Whoever stores judgments by the same model waits until this transaction ends, and finds what it stored. It comes
    before the replies are kept: the first of them is the one behind the first judgment.
    """
    servers = ModelEndpoint.objects.filter(model=judge.model, revision=judge.revision).order_by("pk")
    list(servers.select_for_update(no_key=True).values_list("pk", flat=True))
    anew = [one for one in made if one.trace and not (one.judgment.failure or run.full or one.judgment.canary)]
    earlier = earlier_by_key(one.judgment.key for one in anew)
    for one in anew:
        if found := earlier.get(one.judgment.key):
            take_from(found, one.judgment)
    return [replace(one, trace=None) if one.judgment.traced_id else one for one in made]


def take_from(earlier: Earlier, judgment: Judgment) -> None:
    """Make a judgment the one that was made before under its key."""
    judgment.reused = True
    judgment.level, judgment.line, judgment.traced_id = earlier.level, earlier.line, earlier.traced


def store_traces(made: Collection[Made]) -> None:
    """Store the traces of judgments made anew, and name them in the judgments."""
    traces = [(one.judgment, one.trace) for one in made if one.trace is not None]
    keep_passages(passage for _judgment, trace in traces for passage in trace.found)
    insert_with_ids(list({id(trace): trace for _judgment, trace in traces if trace.pk is None}.values()))
    for judgment, trace in traces:
        judgment.traced = trace


def may_take_over(run: Run, one: Prepared) -> bool:
    """Whether a pair may have the judgment made before under its key."""
    return bool(one.key) and not (run.full or one.item.canary)


def prepare_items(run: Run, items: Sequence[RunItem], telling: Telling) -> list[Prepared]:
    """The pairs of some items understood, models asked where they perform stages. Digests are taken first: a change in
    between leaves a digest that never holds.
    """
    ids = [item.pair_id for item in items]
    digests = case_digests(ids)
    anew = {item.pair_id for item in items if run.full or item.canary}
    read = telling.read(ids, digests, anew)
    return [prepare(telling.chain, item, read[item.pair_id], digests[item.pair_id]) for item in items]


def prepare(chain: Chain, item: RunItem, read: Read, digest: str = "") -> Prepared:
    """A pair that was read, with its key. One that the pipeline broke on has none."""
    if isinstance(read.understood, Failure):
        key = "" if read.understood.kind == FAULT else chain.failure_key(read.case)
        return Prepared(item, read.case, digest, read.understood, key, read.seconds)
    assert read.kept is not None
    try:
        category = product_category(read.understood.product, chain.lexicon)
        recalled = chain.recall(read.understood)
        key = chain.recalled_key(read.kept, recalled)
    except Exception as error:
        broken = fault_of(error, f"no key could be made for pair {item.pair_id}")
        return Prepared(item, read.case, digest, broken, "", read.seconds)
    return Prepared(item, read.case, digest, read.understood, key, read.seconds, category, read.kept, recalled)


def taken_over(run: Run, one: Prepared, earlier: Earlier) -> Made:
    """The judgment made before under the key of a pair, as one of this run."""
    judgment = begun(run, one, one.seconds)
    take_from(earlier, judgment)
    return Made(judgment, reading=one.kept)


def failed(run: Run, one: Prepared, failure: Failure, seconds: float) -> Made:
    """The judgment of a pair that could not be judged."""
    judgment = begun(run, one, seconds)
    judgment.failure = failure.kind
    raw = {"raw": failure.raw} if failure.raw else {}
    return Made(judgment, trace_of(one, {"failure": failure.kind, "detail": failure.detail, **raw}))


def begun(run: Run, one: Prepared, seconds: float) -> Judgment:
    """A judgment without its answer."""
    return Judgment(
        run=run,
        pair_id=one.item.pair_id,
        expected=one.item.expected,
        key=one.key,
        case=one.digest,
        category=one.category,
        canary=one.item.canary,
        milliseconds=seconds * 1000,
    )


def trace_of(one: Prepared, content: dict[str, Any]) -> JudgmentTrace:
    """What decided a pair, with the texts that were judged and the passages that were read."""
    read = None if isinstance(one.understood, Failure) else one.understood
    found, plain = (read.found, read.found_plain) if read else ((), ())
    trace = JudgmentTrace(key=one.key, content=content, case=case_to_json(one.case), evidence=pins_of(found, plain))
    trace.found = (*found, *plain)
    return trace
