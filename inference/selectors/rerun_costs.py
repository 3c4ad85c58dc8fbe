"""What asking models again would cost after a change of rules: calls, tokens and minutes, without asking any."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from statistics import fmean

from django.utils import timezone

from annotation.models import Benchmark
from inference.enums import Engine, RunState
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.pipeline.chain import Chain
from inference.pipeline.parameters import Parameters
from inference.selectors.canaries import sample_for
from inference.selectors.endpoints import cost_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.model_judges import judge_of, settings_of
from inference.selectors.outside import search_for
from inference.selectors.readings import context_of, kept_readings
from inference.selectors.said import by_model_of
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule

MOST_CONFIGS = 3
RECENT = 200
"""Replies that the length and the time of one are taken from."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RerunCost:
    """A rerun with one configuration: how many calls it takes, and by its recent replies how many tokens and minutes.

    `minutes` is None before the first reply, and `price` where the endpoint has none.
    """

    config: PipelineConfig
    calls: int
    tokens: int | None
    minutes: float | None
    price: Decimal | None

    @property
    def whole_minutes(self) -> int:
        """Minutes, rounded up; 0 where nobody can say."""
        return ceil(self.minutes or 0)


def rerun_costs(*, benchmark: Benchmark, affected: Sequence[int], rules: Iterable[EngineRule]) -> list[RerunCost]:
    """The cost of a rerun under `rules` that touch the affected pairs, canaries included, for each model that judged this benchmark before."""
    judged = PipelineConfig.objects.filter(engine=Engine.LLM, runs__benchmark=benchmark, runs__state=RunState.FINISHED)
    configs = list(judged.select_related("endpoint").order_by("-pk").distinct()[:MOST_CONFIGS])
    index = RuleIndex(rules) if configs else None
    pairs = benchmark.members.count() if configs else 0
    return [
        _cost(
            config, questions(config, index, affected, sample_for(Run(config=config, benchmark=benchmark, total=pairs)))
        )
        for config in configs
        if index is not None
    ]


def questions(config: PipelineConfig, index: RuleIndex, pairs: Sequence[int], canaries: Collection[int]) -> int:
    """How many questions these pairs come to with a configuration under some rules: one for every key that no judgment
    is known by, and one for every canary, which each run asks anew.
    """
    parameters = Parameters.from_json(config.parameters)
    search = search_for(parameters, timezone.localdate())
    chain = Chain(lexicon_in_use(), index, parameters, search, judge_of(config), by_model_of(config))
    unread, keys = _keys(chain, [pair for pair in pairs if pair not in canaries])
    _unread, asked_anyway = _keys(chain, sorted(canaries))
    return len(canaries) + unread + len(keys - asked_anyway) - _known(sorted(keys - asked_anyway))


def _keys(chain: Chain, pairs: Sequence[int]) -> tuple[int, set[str]]:
    """How many of some pairs nobody has read yet, and the keys of the others."""
    context, unread, keys = context_of(chain), 0, set()
    for start in range(0, len(pairs), AT_ONCE):
        some = pairs[start : start + AT_ONCE]
        kept = kept_readings(some, context)
        unread += len(some) - len(kept)
        keys |= {chain.kept_key(one) for one in kept.values()}
    return unread, keys


def _known(keys: Sequence[str]) -> int:
    parts = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
    return sum(Judgment.objects.filter(key__in=some, failure="").values("key").distinct().count() for some in parts)


def _cost(config: PipelineConfig, new: int) -> RerunCost:
    endpoint = config.endpoint
    assert endpoint is not None
    calls = new * settings_of(config).samples
    fields = ("prompt_tokens", "completion_tokens", "milliseconds")
    replies = ModelReply.objects.filter(endpoint=endpoint, failure="").order_by("-pk").values_list(*fields)[:RECENT]
    columns = list(zip(*replies, strict=True))
    if not columns:
        return RerunCost(config, calls, None, None, None)
    read, written, milliseconds = (fmean(column) for column in columns)
    priced = endpoint.price_read or endpoint.price_written
    return RerunCost(
        config=config,
        calls=calls,
        tokens=round(calls * (read + written)),
        minutes=calls * milliseconds / endpoint.in_flight / 60_000,
        price=cost_of(endpoint, read=round(calls * read), written=round(calls * written)) if priced else None,
    )
