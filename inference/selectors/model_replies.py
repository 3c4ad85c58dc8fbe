"""Replies of models that are kept, found by the key of the request."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from inference.models import ModelReply
from inference.pipeline.model_answer import Answer, Fault, read_answer

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """A request with the model asked, and which of its replies."""

    key: str
    sample: int = 0


def replies_by_key(keys: Collection[str]) -> dict[ReplyKey, ModelReply]:
    """The newest whole reply to each of the requests, for every sample there is. Failures are never found."""
    wanted = sorted(set(keys))
    found: dict[ReplyKey, ModelReply] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = ModelReply.objects.filter(key__in=wanted[start : start + AT_ONCE], failure="")
        rows = rows.select_related("endpoint").order_by("pk")
        found.update({ReplyKey(row.key, row.sample): row for row in rows})
    return found


def answer_in(row: ModelReply) -> Answer | Fault:
    """What a kept reply answers about a pair, as sure as the model was when it gave it."""
    read = read_answer(row.text, finish_reason=row.finish_reason)
    return replace(read, confidence=row.confidence) if isinstance(read, Answer) else read
