"""The only code that keeps replies of models."""

from collections.abc import Iterable
from dataclasses import dataclass

from inference.engines.protocol import ChatFailure, ChatReply
from inference.models import ModelEndpoint, ModelReply, Run
from inference.services.inserting import insert


@dataclass(frozen=True, slots=True)
class Replied:
    """What came of one request. `key` digests the request and the model asked.

    `fault` says what was wrong with the text of a whole reply, in a word, where it could not be used. `repairs`: it
    was asked to mend such a reply. `confidence` is the probability of the level it answers, where its tokens told.
    """

    key: str
    outcome: ChatReply | ChatFailure
    sample: int = 0
    fault: str = ""
    repairs: bool = False
    confidence: float | None = None


def keep_replies(*, endpoint: ModelEndpoint, replied: Iterable[Replied], run: Run | None = None) -> None:
    """Keep what an endpoint replied, whole or not. Part of the transaction that stores what was made of it.

    `run` is the one that asked, if one did: what it cost is counted of its replies.
    """
    insert([_row(endpoint, run, one) for one in replied])


def _row(endpoint: ModelEndpoint, run: Run | None, one: Replied) -> ModelReply:
    outcome = one.outcome
    return ModelReply(
        key=one.key,
        sample=one.sample,
        endpoint=endpoint,
        run=run,
        repairs=one.repairs,
        model=endpoint.model,
        revision=endpoint.revision,
        text=outcome.raw if isinstance(outcome, ChatFailure) else outcome.text,
        finish_reason=outcome.finish_reason,
        prompt_tokens=outcome.prompt_tokens,
        completion_tokens=outcome.completion_tokens,
        cached_tokens=outcome.cached_tokens,
        attempts=outcome.attempts,
        milliseconds=outcome.milliseconds,
        confidence=one.confidence,
        failure=outcome.kind if isinstance(outcome, ChatFailure) else one.fault,
        detail=outcome.detail if isinstance(outcome, ChatFailure) else "",
    )
