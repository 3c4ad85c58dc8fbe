"""How a benchmark is labelled: opened for people, and changed."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Benchmark, Labelling
from annotation.selectors.labelling import newest_guideline
from annotation.services.spreading import spread
from annotation.services.turns import take_benchmark
from rules.services.audit import record
from rules.services.permissions import require

PERMISSION = "annotation.manage_labelling"
FIELDS = ("overlap", "gold_share", "shows_votes", "follows_votes", "audit_share", "lease_minutes", "is_open")


@transaction.atomic
def open_labelling(
    *,
    by: User | AnonymousUser,
    benchmark: Benchmark,
    overlap: int = 2,
    gold_share: float = 0.1,
    shows_votes: bool = False,
    follows_votes: bool = False,
    audit_share: float = 0.1,
    lease_minutes: int = 15,
) -> Labelling:
    """Let people label the pairs of a benchmark. Raises ValidationError where they do already (code "open")."""
    require(by, PERMISSION)
    take_benchmark(benchmark)
    if Labelling.objects.filter(benchmark=benchmark).exists():
        raise ValidationError(_("This benchmark is labelled already."), code="open")
    labelling = Labelling(
        benchmark=benchmark,
        overlap=overlap,
        gold_share=gold_share,
        shows_votes=shows_votes,
        follows_votes=follows_votes,
        audit_share=audit_share,
        lease_minutes=lease_minutes,
        guideline=newest_guideline(benchmark.pk),
    )
    labelling.full_clean()
    labelling.save()
    _record(by, "labelling.opened", labelling, {name: getattr(labelling, name) for name in FIELDS})
    return labelling


@transaction.atomic
def change_labelling(*, by: User | AnonymousUser, labelling: Labelling, **to: Any) -> Labelling:
    """Set what is named of `FIELDS`. Another number of people holds for the open pairs that are not beyond it."""
    require(by, PERMISSION)
    take_benchmark(labelling.benchmark)
    labelling = Labelling.objects.select_for_update().get(pk=labelling.pk)
    if unknown := to.keys() - set(FIELDS):
        raise TypeError(f"not of a labelling: {', '.join(sorted(unknown))}")
    changed = {name: value for name, value in to.items() if getattr(labelling, name) != value}
    for name, value in changed.items():
        setattr(labelling, name, value)
    if not changed:
        return labelling
    labelling.full_clean()
    labelling.save()
    if changed.keys() & {"overlap", "follows_votes", "audit_share"}:
        spread(labelling)
    _record(by, "labelling.changed", labelling, changed)
    return labelling


def labelled(benchmark: Benchmark, *, by: User | None) -> Labelling:
    """How a benchmark is labelled, as it comes where nobody said how. Belongs inside a transaction."""
    labelling, made = Labelling.objects.get_or_create(benchmark=benchmark)
    if made:
        data = {name: getattr(labelling, name) for name in FIELDS}
        record(by=by, verb="labelling.opened", subject=f"benchmark:{benchmark.pk}", data=data)
    return labelling


def _record(by: User | AnonymousUser, verb: str, labelling: Labelling, data: dict[str, Any]) -> None:
    assert isinstance(by, User)
    record(by=by, verb=verb, subject=f"benchmark:{labelling.benchmark_id}", data=data)
