"""The benchmark that holds every fixed case to its expected level, so that each run tests it and no rule may move it."""

from django.contrib.auth.models import User
from django.db import transaction

from annotation.models import BadCase, Benchmark, BenchmarkPair, Label
from annotation.models.benchmark import FIXED_CASES, FIXED_CASES_NAME
from annotation.signals import must_hold_changed
from rules.services.audit import record

SOURCE = "bad case"


def pin_benchmark(*, by: User | None) -> Benchmark:
    """The benchmark of the fixed cases, made with the first one."""
    benchmark, made = Benchmark.objects.get_or_create(slug=FIXED_CASES, defaults={"name": FIXED_CASES_NAME})
    if made:
        record(by=by, verb="benchmark.created", subject=f"benchmark:{benchmark.pk}", data={"name": FIXED_CASES_NAME})
    return benchmark


def pin(case: BadCase, *, by: User | None) -> tuple[int | None, int | None]:
    """Hold the pair of a case to its expected level: the label that counted before, and the one that does now."""
    benchmark = pin_benchmark(by=by)
    member = _member(case)
    before = member.label if member else None
    if before and before.level == case.expected:
        return before.pk, before.pk
    label: Label = Label.objects.create(
        benchmark=benchmark, pair_id=case.pair_id, level=case.expected, source=SOURCE, created_by=by
    )
    place(case, label.pk)
    return before.pk if before else None, label.pk


def unpin(case: BadCase) -> tuple[int | None, int | None]:
    """Hold the pair of a case to nothing: the label that counted, and none."""
    member = _member(case)
    place(case, None)
    return member.label_id if member else None, None


def place(case: BadCase, label: int | None) -> None:
    """Make a label the one that the pair of a case is held to; None takes the pair out."""
    members = BenchmarkPair.objects.filter(benchmark__slug=FIXED_CASES, pair=case.pair_id)
    if label is None:
        members.delete()
    elif not members.update(label=label, must_hold=True):
        benchmark = Label.objects.get(pk=label).benchmark_id
        BenchmarkPair.objects.create(benchmark_id=benchmark, pair_id=case.pair_id, label_id=label, must_hold=True)
    transaction.on_commit(_announce)


def _member(case: BadCase) -> BenchmarkPair | None:
    members = BenchmarkPair.objects.filter(benchmark__slug=FIXED_CASES, pair=case.pair_id)
    return members.select_related("label").first()


def _announce() -> None:
    benchmark = Benchmark.objects.filter(slug=FIXED_CASES).first()
    if benchmark:
        must_hold_changed.send_robust(Benchmark, benchmark_id=benchmark.pk)
