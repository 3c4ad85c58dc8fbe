"""Benchmarks to cut releases of."""

from uuid import uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from annotation.enums import AssignmentState, LabelKind, QueuedState
from annotation.models import (
    Assignment,
    Benchmark,
    BenchmarkPair,
    BenchmarkRelease,
    GuidelineVersion,
    Label,
    Pair,
    QueuedPair,
)
from annotation.services.benchmark_releases import cut_release
from tests.factories import make_benchmark, make_pair, make_user

ROWS = (
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("感冒", "[三九]感冒灵颗粒10g*9袋", "moderately"),
    ("创可贴", "[云南白药]创可贴100片", "highly"),
    ("维生素", "医用外科口罩", "irrelevant"),
)


def make_lead() -> User:
    """Somebody who may cut releases."""
    return make_user("annotation.release_benchmark")


def cut(benchmark: Benchmark, *, by: User | None = None, **options: object) -> BenchmarkRelease:
    """The next release, by somebody who saw the one before."""
    last = benchmark.releases.order_by("-number").first()
    return cut_release(by=by or make_lead(), benchmark=benchmark, seen=last.number if last else 0, **options)


def released(slug: str = "") -> BenchmarkRelease:
    """The first release of a benchmark of four pairs."""
    return cut(make_benchmark(*ROWS, slug=slug))


def relabel(benchmark: Benchmark, query: str, level: str) -> None:
    """Another label counts for a pair from now on."""
    member = BenchmarkPair.objects.get(benchmark=benchmark, pair__query__text=query)
    label = Label.objects.create(benchmark=benchmark, pair=member.pair, level=level)
    BenchmarkPair.objects.filter(pk=member.pk).update(label=label)


def add(benchmark: Benchmark, query: str, title: str, level: str) -> Pair:
    """One more labelled pair."""
    pair = make_pair(query, title)
    label = Label.objects.create(benchmark=benchmark, pair=pair, level=level)
    BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)
    return pair


def settle(
    benchmark: Benchmark, query: str, levels: dict[User, str], *, counts: str, ruled_by: User | None = None
) -> Pair:
    """A pair that people answered, with the label that counts in the end."""
    guideline, _ = GuidelineVersion.objects.get_or_create(
        benchmark=benchmark, number=1, text="先看药名。", sentences={}
    )
    pair = make_pair(query, f"[甲]{query}片", category=["感冒用药"])
    queued = QueuedPair.objects.create(
        benchmark=benchmark,
        pair=pair,
        overlap=len(levels),
        taken=len(levels),
        done=len(levels),
        state=QueuedState.SETTLED,
    )
    for slot, (person, level) in enumerate(levels.items(), start=1):
        label = Label.objects.create(
            benchmark=benchmark,
            pair=pair,
            level=level,
            kind=LabelKind.PERSON,
            guideline=guideline,
            created_by=person,
            submission=uuid4(),
        )
        Assignment.objects.create(
            queued=queued,
            person=person,
            slot=slot,
            state=AssignmentState.DONE,
            label=label,
            until=timezone.now(),
            answered_at=timezone.now(),
        )
    kind = LabelKind.RULING if ruled_by else LabelKind.AGREED
    label = Label.objects.create(benchmark=benchmark, pair=pair, level=counts, kind=kind, created_by=ruled_by)
    BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)
    QueuedPair.objects.filter(pk=queued.pk).update(settled=label)
    return pair
