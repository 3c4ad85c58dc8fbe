"""Which labelled pairs no change of the rules may move away from their label."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from annotation.models import Benchmark, BenchmarkPair
from annotation.signals import must_hold_changed
from rules.services.audit import record
from rules.services.permissions import require


@transaction.atomic
def set_must_hold(*, by: User, member: BenchmarkPair, value: bool) -> bool:
    """Say whether a pair of a benchmark must hold; whether that is news."""
    require(by, "annotation.set_must_hold")
    changed = BenchmarkPair.objects.filter(pk=member.pk, must_hold=not value).update(must_hold=value)
    if changed:
        data = {"pair": member.pair_id, "must_hold": value}
        record(by=by, verb="benchmark.must_hold", subject=f"benchmark:{member.benchmark_id}", data=data)
        _announce(member.benchmark_id)
    return bool(changed)


def hold(*, by: User | None, benchmark: Benchmark, pairs: Collection[int]) -> set[int]:
    """Say of pairs in an import that they must hold; those that did not. An import never takes the word back.

    Belongs inside the transaction of the import, which has looked at the permission.
    """
    news = BenchmarkPair.objects.filter(benchmark=benchmark, pair__in=pairs, must_hold=False)
    found = sorted(news.values_list("pair_id", flat=True))
    if found:
        news.update(must_hold=True)
        data = {"pairs": found, "must_hold": True}
        record(by=by, verb="benchmark.must_hold", subject=f"benchmark:{benchmark.pk}", data=data)
        _announce(benchmark.pk)
    return set(found)


def _announce(benchmark_id: int) -> None:
    transaction.on_commit(lambda: must_hold_changed.send_robust(Benchmark, benchmark_id=benchmark_id))
