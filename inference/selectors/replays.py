"""Replaying judgments: each is made again of what was pinned when it was made, and held against what is stored."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inference.enums import Engine
from inference.knowledge.pinned import found_again
from inference.models import Judgment, PinnedPassage, Run
from inference.pipeline.case import Case, case_from_json
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.selectors.chains import chain_of, knowledge_at
from inference.selectors.model_judges import performed_with, settings_of
from inference.selectors.replayed_models import level_answered
from inference.selectors.understood import BY_MODEL, FAULT
from rules.engine.attributes import gettext_noop

MOST_AT_ONCE = 500
"""Rows named in one query."""


class Why(StrEnum):
    """Why a replay did not come to the same key and level."""

    NO_TEXTS = "no_texts"
    NO_PASSAGES = "no_passages"
    KNOWLEDGE = "knowledge"
    PROMPTS = "prompts"
    NO_REPLY = "no_reply"
    FAULT = "fault"
    OTHER_KEY = "other_key"
    OTHER_LEVEL = "other_level"

    @property
    def label(self) -> str:
        """Its English words, the key of their translation."""
        return WORDS[self]


WORDS = {
    Why.NO_TEXTS: gettext_noop("The texts that were judged were not kept when it was made."),
    Why.NO_PASSAGES: gettext_noop("The passages that were read were not kept when it was made."),
    Why.KNOWLEDGE: gettext_noop("It was made with other shipped knowledge or by another version of the pipeline."),
    Why.PROMPTS: gettext_noop("The model was asked in other words then: the prompts changed."),
    Why.NO_REPLY: gettext_noop("The model's reply is not kept."),
    Why.FAULT: gettext_noop("It failed because of a fault of the pipeline, and has no key."),
    Why.OTHER_KEY: gettext_noop("What was pinned is read otherwise now, under another key."),
    Why.OTHER_LEVEL: gettext_noop("The same was asked and another level answered: the judge moved."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A key with the level judged under it, or why there is none."""

    key: str = ""
    level: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A stored judgment beside what replaying it gave. `why` is None where key and level are the same.

    `run` is the one that made it: of a judgment taken over, an earlier one.
    """

    judgment: Judgment
    run: Run
    answer: Answer = Answer()
    why: Why | None = None

    @property
    def same(self) -> bool:
        """Whether it came to the same key and level."""
        return self.why is None


def sampled(run: Run, size: int, seed: int = 0) -> list[Judgment]:
    """At most `size` judgments of a run, the same ones for the same seed."""
    ids = sorted(Judgment.objects.filter(run=run).values_list("pk", flat=True))
    chosen = random.Random(seed).sample(ids, min(size, len(ids)))  # noqa: S311 - no secret hangs on it
    return judgments_with(chosen)


def judgments_with(ids: Sequence[int]) -> list[Judgment]:
    """Judgments with all that a replay reads, in the order they were made."""
    related = ("pair__query", "pair__product", "traced", "run__release", "run__config__endpoint")
    found: list[Judgment] = []
    for start in range(0, len(ids), MOST_AT_ONCE):
        some = ids[start : start + MOST_AT_ONCE]
        found.extend(Judgment.objects.filter(pk__in=some).select_related(*related).order_by("pk"))
    return found


def replay(judgments: Sequence[Judgment]) -> list[Replayed]:
    """Make judgments again (rows of `judgments_with`). Nothing is stored, and no model is asked."""
    makers, texts = _makers(judgments), passages_read(judgments)
    chains: dict[int, Chain] = {}
    done = []
    for one in judgments:
        run = makers.get(one.traced_id, one.run)
        if run.pk not in chains:
            chains[run.pk] = chain_of(run)
        done.append(_replayed(one, run, chains[run.pk], texts))
    return done


def _replayed(judgment: Judgment, run: Run, chain: Chain, texts: Mapping[str, Any]) -> Replayed:
    trace = judgment.traced
    if not trace.case:
        return Replayed(judgment, run, why=Why.NO_TEXTS)
    if judgment.failure == FAULT:
        return Replayed(judgment, run, why=Why.FAULT)
    if trace.evidence is not None:
        chain = chain.searching(found_again(trace.evidence, texts))
    answer = _made_again(judgment, run, case_from_json(trace.case), chain)
    return Replayed(judgment, run, answer, _difference(judgment, answer, run))


def _made_again(judgment: Judgment, run: Run, case: Case, chain: Chain) -> Answer:
    if judgment.failure.startswith(BY_MODEL):
        return Answer(chain.failure_key(case), failure=judgment.failure)  # nobody is asked now, whatever is known since
    understood = chain.understand(case)
    if isinstance(understood, Failure) and understood.missing:
        return Answer(judgment.key)  # what a model said then is not kept
    if isinstance(understood, Failure):
        return Answer(chain.failure_key(case), failure=understood.kind)
    key = chain.key(understood)
    if run.config.engine != Engine.LLM:
        return Answer(key, chain.judge_understood(understood).level.value)
    if judgment.failure:
        return Answer(key, failure=judgment.failure)  # there was no answer then, and nobody is asked now
    return Answer(key, level_answered(judgment, case, understood, chain.recall(understood), run))


def _difference(judgment: Judgment, answer: Answer, run: Run) -> Why | None:
    if answer.key != judgment.key:
        return _other_key(judgment, run)
    if not (answer.level or answer.failure):
        return Why.PROMPTS if _asked_otherwise(judgment, run) else Why.NO_REPLY
    return None if (answer.level, answer.failure) == (judgment.level, judgment.failure) else Why.OTHER_LEVEL


def _other_key(judgment: Judgment, run: Run) -> Why:
    """Why a key is another one, as far as anybody can tell."""
    if run.knowledge != knowledge_at(run.entries_upto):
        return Why.KNOWLEDGE
    if _asked_otherwise(judgment, run):
        return Why.PROMPTS
    return Why.NO_PASSAGES if judgment.traced.evidence is None else Why.OTHER_KEY


def _asked_otherwise(judgment: Judgment, run: Run) -> bool:
    """Whether the words that models are asked with are others by now, at a stage or for the level."""
    said = (judgment.trace.get("model") or {}).get("prompts")
    now = {one.stage.value: one.prompts for one in performed_with(run.config)}
    told = judgment.trace.get("told", ())
    otherwise = any(now.get(one["stage"], one["prompts"]) != one["prompts"] for one in told)
    return otherwise or bool(said and said != settings_of(run.config).prompts)


def _makers(judgments: Iterable[Judgment]) -> dict[int, Run]:
    """The runs that made what was taken over since, by the trace."""
    taken = {one.traced_id for one in judgments if one.reused}
    made = Judgment.objects.filter(traced__in=taken, reused=False).select_related(
        "run__release", "run__config__endpoint"
    )
    return {one.traced_id: one.run for one in made.order_by("-pk")} if taken else {}


def passages_read(judgments: Iterable[Judgment]) -> dict[str, Any]:
    """The passages that were read, by digest."""
    wanted = sorted({digest for one in judgments for digest, *_score in one.traced.evidence or ()})
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        rows = PinnedPassage.objects.filter(digest__in=wanted[start : start + MOST_AT_ONCE])
        found |= dict(rows.order_by().values_list("digest", "content"))
    return found
