"""Benchmarks that are labelled, and people who label them."""

from uuid import uuid4

from django.contrib.auth.models import User

from annotation.models import Benchmark, Labelling, QueuedPair
from annotation.services.assigning import take_next
from annotation.services.labelling import open_labelling
from annotation.services.labels import Submitted, submit_label
from annotation.services.queueing import queue_pairs
from tests.factories import make_benchmark, make_pair, make_user, numbers

LEAD = ("annotation.manage_labelling", "annotation.label_pair", "annotation.rule_conflict")


def make_annotator(username: str = "") -> User:
    """Somebody who labels."""
    return make_user("annotation.label_pair", username=username)


def make_labelling(pairs: int = 3, *, gold: dict[int, str] | None = None, **settings: object) -> Labelling:
    """A benchmark with so many pairs in its queue, in this order; `gold`: the level of those that are hidden gold."""
    lead, benchmark = make_user(*LEAD), make_benchmark()
    labelling = open_labelling(by=lead, benchmark=benchmark, **{"overlap": 1, "gold_share": 0.0} | settings)
    made = [make_pair(f"query {next(numbers)}") for _number in range(pairs)]
    levels = {made[at].pk: level for at, level in (gold or {}).items()}
    queue_pairs(by=lead, benchmark=benchmark, pairs=[pair.pk for pair in made], gold=levels)
    for place, queued in enumerate(QueuedPair.objects.filter(benchmark=benchmark).order_by("pair")):
        QueuedPair.objects.filter(pk=queued.pk).update(place=place)
    return labelling


def label_next(by: User, benchmark: Benchmark, level: str = "highly") -> Submitted:
    """Take the next pair and label it."""
    offer = take_next(by=by, benchmark=benchmark)
    assert offer is not None
    return submit_label(by=by, assignment_id=offer.assignment.pk, level=level, submission=uuid4())
