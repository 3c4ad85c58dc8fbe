"""What the labels of a pair come to once all are in."""

from django.db import transaction

from annotation import settling
from annotation.enums import LabelKind, QueuedState
from annotation.models import BenchmarkPair, Label, QueuedPair
from annotation.settling import Rule, Settled
from annotation.signals import must_hold_changed

RULE = Rule.MAJORITY


def settle(*, queued: QueuedPair, last: Label) -> QueuedPair:
    """Settle a locked pair whose labels are all in: by the majority of their classes, or else it is a conflict.

    `last` is the label that completed it. A pair that is to go to an expert does so whatever its labels. The caller stores `state`, `settled` and `is_hard`,
    in its transaction, and tells the audit trail with the label that was the last.
    """
    labels = Label.objects.filter(counts_for__queued=queued).order_by("pk")
    votes = list(labels.values_list("level", flat=True)) if queued.overlap > 1 else [last.level]
    came = settling.settle(votes, rule=RULE)
    if queued.wants_expert or not isinstance(came, Settled):
        queued.state, queued.settled, queued.is_hard = QueuedState.CONFLICT, None, True
        return queued
    agreed: Label = Label.objects.create(
        benchmark_id=queued.benchmark_id,
        pair_id=queued.pair_id,
        level=came.level.value,
        kind=LabelKind.AGREED,
        votes=votes,
        guideline_id=last.guideline_id,
    )
    count(agreed)
    queued.state, queued.settled = QueuedState.SETTLED, agreed
    return queued


def count(label: Label) -> None:
    """Make a label the one that counts on its benchmark."""
    members = BenchmarkPair.objects.filter(benchmark=label.benchmark_id, pair=label.pair_id)
    if not members.update(label=label):
        BenchmarkPair.objects.create(benchmark_id=label.benchmark_id, pair_id=label.pair_id, label=label)
    elif members.filter(must_hold=True).exists():
        benchmark = label.benchmark_id
        transaction.on_commit(lambda: must_hold_changed.send_robust(QueuedPair, benchmark_id=benchmark))
