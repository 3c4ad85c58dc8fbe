"""Replies of models that are kept, found by the key of the request."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from inference.models import ModelReply
from inference.pipeline.model_answer import Answer, Fault, read_answer

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """A request with the model asked, and which of its replies."""

    key: str
    sample: int = 0


def is_answer(row: ModelReply) -> bool:
    """Whether a kept reply answers about a pair."""
    return isinstance(answer_in(row), Answer)


def replies_by_key(
    keys: Collection[str], usable: Callable[[ModelReply], bool] = is_answer
) -> dict[ReplyKey, ModelReply]:
    """The first whole reply to each of the requests, for every sample there is, as the first judgment of a key counts.

    Failures are never found, nor what is not `usable` any more.
    """
    wanted = sorted(set(keys))
    found: dict[ReplyKey, ModelReply] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = ModelReply.objects.filter(key__in=wanted[start : start + AT_ONCE], failure="")
        for row in rows.select_related("endpoint").order_by("pk"):
            key = ReplyKey(row.key, row.sample)
            if key not in found and usable(row):
                found[key] = row
    return found


def counting(rows: Iterable[ModelReply], run: int | None) -> dict[ReplyKey, Answer]:
    """What counts of whole replies in the order they came: the last that a run was given itself, or else the first."""
    found: dict[ReplyKey, Answer] = {}
    for row in rows:
        key, own = ReplyKey(row.key, row.sample), run is not None and row.run_id == run
        if (own or key not in found) and isinstance(answer := answer_in(row), Answer):
            found[key] = answer
    return found


def answer_in(row: ModelReply) -> Answer | Fault:
    """What a kept reply answers about a pair, as sure as the model was when it gave it."""
    read = read_answer(row.text, finish_reason=row.finish_reason)
    return replace(read, confidence=row.confidence) if isinstance(read, Answer) else read
