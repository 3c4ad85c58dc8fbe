"""The judgment by a model: what it is asked, and what the rules leave of its answer (AR-Med, Algorithm 1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.engines.protocol import ChatRequest, Message
from inference.pipeline.case import Case
from inference.pipeline.fence import as_data
from inference.pipeline.instructing import flags_of
from inference.pipeline.model_answer import (
    LONGEST_REASON,
    Answer,
    Fault,
    FaultKind,
    fault_of,
    read_answer,
    reply_schema,
)
from inference.pipeline.model_part import Flag, ModelPart
from inference.pipeline.model_prompt import pair_in_words
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.images import flags_heard
from inference.pipeline.recall import recalled_rules
from inference.pipeline.thresholds import hold
from inference.pipeline.trace import Trace
from inference.pipeline.understanding import Understanding
from rules.engine.decide import decide, waived_attributes
from rules.engine.recall import Recalled

__all__ = [
    "Answer",
    "Answered",
    "Fault",
    "FaultKind",
    "ModelSettings",
    "fault_of",
    "read_answer",
    "repair_of",
    "request_of",
    "trace_of",
]
LONGEST_QUOTED = 2000
"""Characters of an unusable reply that the model sees again."""
SOME = 1
"""Alternatives of each token that are asked for: with none, llama.cpp gives no probability of the token itself either."""
NO_LINE = 0
"""A model's level comes from no line of the algorithm."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A usable answer with where it came from. Tokens are of all that was asked for this pair, repairs included."""

    answer: Answer
    endpoint: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repaired: bool = False


def request_of(
    understood: Understanding, recalled: Sequence[Recalled], settings: ModelSettings, sample: int = 0
) -> ChatRequest:
    """What the model is asked on an understood pair. What all pairs share is the first message."""
    words = settings.prompt
    shared = words.words("shared", longest=LONGEST_REASON)
    return ChatRequest(
        messages=(Message("system", shared), Message("user", pair_in_words(understood, recalled, words))),
        schema=reply_schema(),
        schema_name="judgment",
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=settings.seed + sample,
        logprobs=True,
        top_logprobs=SOME,
    )


def repair_of(request: ChatRequest, raw: str, fault: Fault, settings: ModelSettings) -> ChatRequest:
    """The same question once more, with the unusable reply and what was wrong with it."""
    words = settings.prompt
    said = words.words("repair", fault=words.words(fault.kind.value))
    quoted = as_data(raw, LONGEST_QUOTED)
    before = (Message("assistant", quoted),) if quoted else ()
    return replace(request, messages=(*request.messages, *before, Message("user", said)))


def trace_of(
    case: Case, understood: Understanding, recalled: Sequence[Recalled], answered: Answered, settings: ModelSettings
) -> Trace:
    """The model's level as far as the hard effects leave it. Both levels are kept, and what tried to instruct it."""
    answer = answered.answer
    missed = understood.mismatched
    decided = decide(unwaived=answer.level, proposed=answer.level, recalled=recalled, mismatched=missed)
    held = hold(answer.level, decided, answer.confidence, settings.thresholds, recalled=recalled, mismatched=missed)
    decision = held.decision
    related = understood.comparison.efficacy
    return Trace(
        query=understood.query,
        product=understood.product,
        compared=understood.comparison.compared,
        relation=related.relation,
        relation_on=(related.query, related.product),
        recalled=recalled_rules(recalled),
        line=NO_LINE,
        proposed=answer.level,
        steps=decision.steps,
        level=decision.level,
        waived=tuple(sorted(waived_attributes(recalled))),
        asked=understood.asked,
        check=understood.check,
        confidence=answer.confidence if decision.level is answer.level else None,
        model=model_part(case, understood, recalled, answered, settings),
        told=understood.told,
        missed_plainly=tuple(sorted(understood.missed_plainly)),
        unsure=held.unsure,
    )


def flags_judged(case: Case, understood: Understanding) -> tuple[Flag, ...]:
    """What tried to instruct the model that judges, or those that performed stages before it."""
    found = (*flags_of(case, understood.asked.passages), *flags_heard(understood.told), *understood.flags)
    return tuple(dict.fromkeys(found))


def model_part(
    case: Case, understood: Understanding, recalled: Sequence[Recalled], answered: Answered, settings: ModelSettings
) -> ModelPart:
    """Who answered, what it answered, and what in the texts tried to tell it what to answer."""
    numbers = {one.rule.number for one in recalled}
    answer = answered.answer
    return ModelPart(
        endpoint=answered.endpoint,
        model=settings.model,
        revision=settings.revision,
        language=settings.language,
        prompts=settings.prompts,
        level=answer.level,
        reason=answer.reason,
        mismatched=answer.mismatched,
        rules=tuple(number for number in answer.rules if number in numbers),
        confidence=answer.confidence,
        prompt_tokens=answered.prompt_tokens,
        completion_tokens=answered.completion_tokens,
        repaired=answered.repaired,
        flags=flags_judged(case, understood),
    )
