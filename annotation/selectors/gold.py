"""What people first answered on hidden gold: a change of mind comes too late to tell how good they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from annotation.enums import LabelKind
from annotation.models import Assignment, Label, QueuedPair

STEP = 10
"""A person's own figures move with each so many answers on gold: one alone would tell that it was gold, and right."""


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """The first answer of a person on a gold pair: when it was given, when the one that counts was, whether it is right."""

    at: datetime
    answered_at: datetime | None
    is_right: bool


def first_levels(benchmark_id: int) -> dict[tuple[int, int], str]:
    """What was first said on gold, by pair and person."""
    gold = QueuedPair.objects.filter(benchmark=benchmark_id).exclude(gold="").order_by()
    labels = Label.objects.filter(benchmark=benchmark_id, kind=LabelKind.PERSON, pair__in=gold.values("pair"))
    rows = labels.order_by("-pk").values_list("pair_id", "created_by_id", "level")
    return {(pair, person): level for pair, person, level in rows if person is not None}


def gold_answers_of(benchmark_id: int, person_id: int) -> list[GoldAnswer]:
    """The first answers of a person on gold, in their order."""
    done = Assignment.objects.filter(queued__benchmark=benchmark_id, person=person_id, label__isnull=False)
    gold = done.exclude(queued__gold="").order_by()
    known = {
        pair: (level, at) for pair, level, at in gold.values_list("queued__pair_id", "queued__gold", "answered_at")
    }
    mine = Label.objects.filter(benchmark=benchmark_id, kind=LabelKind.PERSON, created_by=person_id)
    rows = (
        mine.filter(pair__in=gold.values("queued__pair")).order_by("-pk").values_list("pair_id", "level", "created_at")
    )
    first = {pair: (said, at) for pair, said, at in rows}
    return [GoldAnswer(at, known[pair][1], said == known[pair][0]) for pair, (said, at) in _oldest_first(first)]


def _oldest_first(first: dict[int, tuple[str, datetime]]) -> list[tuple[int, tuple[str, datetime]]]:
    return sorted(first.items(), key=lambda one: one[1][1])


def in_steps(answers: Sequence[GoldAnswer]) -> Sequence[GoldAnswer]:
    """As many of the answers as the person may know of."""
    return answers[: len(answers) - len(answers) % STEP]
