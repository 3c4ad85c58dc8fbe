"""What the labels of a pair come to once all are in."""

from django.contrib.auth.models import User
from django.db import transaction

from annotation import settling
from annotation.enums import LabelKind, QueuedState
from annotation.models import BenchmarkPair, Label, QueuedPair
from annotation.settling import Rule, Settled
from annotation.signals import must_hold_changed
from rules.services.audit import record

RULE = Rule.MAJORITY


def settle(*, by: User | None, queued: QueuedPair) -> QueuedPair:
    """Settle a locked pair whose labels are all in: by the majority of their classes, or else it is a conflict.

    A pair that is to go to an expert does so whatever its labels. Belongs inside a transaction.
    """
    labels = Label.objects.filter(counts_for__queued=queued).order_by("pk")
    votes = list(labels.values_list("level", flat=True))
    came = settling.settle(votes, rule=RULE)
    if queued.wants_expert or not isinstance(came, Settled):
        return _moved(queued, QueuedState.CONFLICT, None, is_hard=True)
    agreed: Label = Label.objects.create(
        benchmark_id=queued.benchmark_id,
        pair_id=queued.pair_id,
        level=came.level.value,
        kind=LabelKind.AGREED,
        votes=votes,
        guideline_id=labels.values_list("guideline", flat=True).last(),
        created_by=None,
    )
    count(agreed)
    record(
        by=by,
        verb="label.agreed",
        subject=f"benchmark:{queued.benchmark_id}",
        data={"pair": queued.pair_id, "level": agreed.level},
    )
    return _moved(queued, QueuedState.SETTLED, agreed)


def count(label: Label) -> None:
    """Make a label the one that counts on its benchmark."""
    members = BenchmarkPair.objects.filter(benchmark=label.benchmark_id, pair=label.pair_id)
    if not members.update(label=label):
        BenchmarkPair.objects.create(benchmark_id=label.benchmark_id, pair_id=label.pair_id, label=label)
    elif members.filter(must_hold=True).exists():
        benchmark = label.benchmark_id
        transaction.on_commit(lambda: must_hold_changed.send_robust(QueuedPair, benchmark_id=benchmark))


def _moved(queued: QueuedPair, state: QueuedState, label: Label | None, *, is_hard: bool = False) -> QueuedPair:
    queued.state, queued.settled, queued.is_hard = state, label, queued.is_hard or is_hard
    QueuedPair.objects.filter(pk=queued.pk).update(state=state, settled=label, is_hard=queued.is_hard)
    return queued
