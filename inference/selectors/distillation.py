"""Judgments by a model that are good and cheap enough to teach a smaller one, and what the model was asked and replied."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, FloatField, IntegerField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from inference.engines.protocol import Message
from inference.models import Judgment, ModelReply, Run
from inference.pipeline.chain import Chain
from inference.pipeline.model_judge import Answer, read_answer, request_of
from inference.pipeline.model_settings import ModelSettings
from inference.selectors.chains import chain_of
from inference.selectors.model_judges import settings_of
from inference.selectors.rereading import read_again
from inference.selectors.runs import kept_as

MODEL = "traced__content__model"
A_DAY = 24 * 3600
AT_ONCE = 200
"""Judgments read at a time, so that a large file takes no more memory than a small one."""
RELATED = ("pair__query", "pair__product", "traced")


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability of its level by its tokens on a model was sure, and how many tokens were cheap.

    With `sure` 0 a model counts as sure whose server tells no probabilities.
    """

    sure: float = 0.9
    tokens: int = 3000


@dataclass(frozen=True, slots=True)
class Sieve:
    """How many judgments of a run are left after each condition, and how many different keys the fit ones have."""

    judged: int
    labelled: int
    right: int
    sure: int
    cheap: int
    fit: int
    different: int


@dataclass(frozen=True, slots=True)
class Example:
    """A judgment to learn from: what the model was asked, and the reply as it came."""

    judgment: Judgment
    messages: tuple[Message, ...]
    reply: str


def fit(judged: QuerySet[Judgment], limits: Limits) -> QuerySet[Judgment]:
    """The judgments that teach: right, sure, cheap, and plain.

    Right: the level is exactly that of the label, and the model said so itself, not a rule. Sure and cheap are as
    `limits` have them, the tokens those of the calls for this judgment. Plain: the first reply could be used, no text
    of the pair tried to instruct the model, and it is no canary, which is judged for another end.
    """
    conditions = _conditions(limits)
    return _told(judged).filter(*conditions.values())


def sieve(run: Run, limits: Limits) -> Sieve:
    """How many judgments of a finished run the conditions leave, one after the other, in one query; counted once a day."""
    name = f"run-sieve-{kept_as(run)}-{limits.sure}-{limits.tokens}"
    known: Sieve | None = cache.get(name)
    if known is None:
        known = _counted(run, limits)
        cache.set(name, known, timeout=A_DAY)
    return known


def _counted(run: Run, limits: Limits) -> Sieve:
    left, counts = Q(), {}
    for name, condition in _conditions(limits).items():
        left &= condition
        counts[name] = Count("pk", filter=left)
    different = Count("key", filter=left, distinct=True)
    return Sieve(**_told(Judgment.objects.filter(run=run)).aggregate(judged=Count("pk"), different=different, **counts))


def examples_of(run: Run, limits: Limits) -> Iterator[Example]:
    """What the fit judgments of a run teach, in the order of their pairs; of several with one key the first.

    Left out is what can't be rendered as it was asked any more, what has no reply kept, and pairs that were asked about
    several times with answers that differ.
    """
    chain, settings = chain_of(run), settings_of(run.config)
    seen: set[str] = set()
    upto = 0
    while some := list(_behind(run, limits, upto)):
        upto = some[-1].pair_id
        new = list({one.key: one for one in reversed(some) if one.key not in seen}.values())
        seen.update(one.key for one in new)
        yield from _rendered(sorted(new, key=lambda one: one.pair_id), chain, settings)


def _behind(run: Run, limits: Limits, upto: int) -> QuerySet[Judgment]:
    found = fit(Judgment.objects.filter(run=run, pair_id__gt=upto), limits)
    return found.select_related(*RELATED, "run__release").order_by("pair_id")[:AT_ONCE]


def _told(judged: QuerySet[Judgment]) -> QuerySet[Judgment]:
    """With what the model said, how sure it was, and how many tokens it took, where a model judged."""
    part = KeyTransform("model", F("traced__content"))
    read, written = (
        Cast(KeyTextTransform(f"{name}_tokens", part), IntegerField()) for name in ("prompt", "completion")
    )
    chance = Cast(KeyTextTransform("confidence", part), FloatField())
    return judged.annotate(said=KeyTextTransform("level", part), chance=chance, tokens=read + written)


def _conditions(limits: Limits) -> dict[str, Q]:
    return {
        "labelled": Q(failure="", expected__gt=""),
        "right": Q(expected=F("level"), said=F("level")),
        "sure": Q(chance__gte=limits.sure) if limits.sure else Q(),
        "cheap": Q(tokens__lte=limits.tokens),
        "fit": Q(canary=False, **{f"{MODEL}__repaired": False, f"{MODEL}__flags": []}),
    }


def _rendered(judgments: Sequence[Judgment], chain: Chain, settings: ModelSettings) -> Iterator[Example]:
    understood, replies = read_again(judgments, chain), _replies(judgments)
    for one in judgments:
        read, reply = understood.get(one.pk), _reply(one, replies[one.replied_as], settings.samples)
        if read is None or reply is None or chain.key(read) != one.key:
            continue
        yield Example(one, request_of(read, chain.recall(read), settings).messages, reply)


def _replies(judgments: Sequence[Judgment]) -> dict[str, list[ModelReply]]:
    rows = ModelReply.objects.filter(key__in=[one.replied_as for one in judgments], failure="", repairs=False)
    found: dict[str, list[ModelReply]] = defaultdict(list)
    for row in rows.order_by("sample", "pk"):
        found[row.key].append(row)
    return found


def _reply(judgment: Judgment, rows: Sequence[ModelReply], samples: int) -> str | None:
    """The reply that the judgment follows from: of each sample the last one that was there. All must say the level."""
    there = {row.sample: row for row in rows if row.created_at <= judgment.traced.created_at}
    said = [read_answer(row.text, finish_reason=row.finish_reason) for row in there.values()]
    agreed = all(isinstance(one, Answer) and one.level == judgment.level for one in said)
    return next(iter(there.values())).text if agreed and len(there) == samples else None
