"""The votes of models on a pair. Only for those who have given their own answer, or lead the labelling."""

from dataclasses import dataclass

from annotation.enums import LabelKind
from annotation.models import Label, QueuedPair


@dataclass(frozen=True, slots=True)
class Vote:
    """The level that a model gave. `source` is the model with its revision."""

    source: str
    level: str


def votes_on(queued: QueuedPair) -> tuple[Vote, ...]:
    """The newest vote of each model on a pair."""
    rows = Label.objects.filter(benchmark=queued.benchmark_id, kind=LabelKind.MODEL, pair=queued.pair_id)
    newest = dict(rows.order_by("pk").values_list("source", "level"))
    return tuple(Vote(source, level) for source, level in sorted(newest.items()))


def votes_shown(queued: QueuedPair) -> bool:
    """Whether who answered a pair is shown votes of models on it."""
    shown = Label.objects.filter(benchmark=queued.benchmark_id, benchmark__labelling__shows_votes=True)
    return shown.filter(kind=LabelKind.MODEL, pair=queued.pair_id).exists()
