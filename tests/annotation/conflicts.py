"""Pairs that people labelled, to test rulings and figures with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from annotation.enums import AssignmentState, LabelKind, QueuedState
from annotation.models import Annotator, Assignment, Benchmark, Label, Labelling, QueuedPair
from tests.factories import make_pair, make_user

RULER = ("annotation.rule_conflict", "annotation.report_case", "annotation.manage_labelling")
places = count()


def make_ruler() -> User:
    """A person who may rule."""
    return make_user(*RULER)


def make_labelled_benchmark(slug: str = "labelled") -> Benchmark:
    """A benchmark that people label."""
    benchmark = Benchmark.objects.create(slug=slug, name="Labelled by people")
    Labelling.objects.create(benchmark=benchmark)
    return benchmark


def make_queued(
    benchmark: Benchmark, query: str = "布洛芬", title: str = "[芬必得]布洛芬缓释胶囊0.3g*20粒", **said: object
) -> QueuedPair:
    """A pair that waits to be labelled by two."""
    pair = make_pair(query, title)
    return QueuedPair.objects.create(
        benchmark=benchmark, pair=pair, **{"place": next(places), "overlap": 2, "category": "感冒", **said}
    )


def make_annotators(number: int) -> list[User]:
    """People who may label."""
    return [make_user("annotation.label_pair") for _one in range(number)]


def label(
    queued: QueuedPair, person: User, level: str, *, at: datetime | None = None, seconds: float = 4.0, note: str = ""
) -> Assignment:
    """What a person said of a pair, counted as the services count it, without settling it."""
    annotator, _made = Annotator.objects.get_or_create(benchmark_id=queued.benchmark_id, person=person)
    row = Label.objects.create(
        benchmark_id=queued.benchmark_id,
        pair_id=queued.pair_id,
        level=level,
        kind=LabelKind.PERSON,
        note=note,
        created_by=person,
    )
    annotator.labels += 1
    annotator.gold_seen += bool(queued.gold)
    annotator.gold_right += queued.gold == level
    annotator.save()
    if not queued.gold:
        queued.taken, queued.done = queued.taken + 1, queued.done + 1
        queued.save()
    return Assignment.objects.create(
        queued=queued,
        person=person,
        slot=None if queued.gold else queued.done,
        state=AssignmentState.DONE,
        until=timezone.now() + timedelta(minutes=15),
        label=row,
        seconds=seconds,
        answered_at=at or timezone.now(),
    )


def make_conflict(
    benchmark: Benchmark,
    levels: Sequence[str] = ("highly", "weakly"),
    *,
    people: Sequence[User] = (),
    query: str = "布洛芬",
    title: str = "[芬必得]布洛芬缓释胶囊0.3g*20粒",
) -> QueuedPair:
    """A pair whose labels differ, so that it waits for a ruling."""
    queued = make_queued(benchmark, query, title, overlap=len(levels))
    for person, level in zip(people or make_annotators(len(levels)), levels, strict=True):
        label(queued, person, level)
    queued.state = QueuedState.CONFLICT
    queued.save()
    return queued
