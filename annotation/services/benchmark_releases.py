"""Cutting a release of a benchmark."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.datasheet import datasheet_of
from annotation.manifest import START, Row, canonical, digest_of, digest_of_lines, linked, manifest_of
from annotation.models import Benchmark, BenchmarkRelease, Labelling, ReleasedPair
from annotation.selectors.benchmark_releases import newest_release
from annotation.selectors.benchmark_rows import LiveRow, live_rows, said_at
from rules.services.audit import record, take_turn
from rules.services.permissions import require

PERMISSION = "annotation.release_benchmark"
BATCH = 1000
LONGEST_NOTES = 4000
SETTINGS = ("overlap", "gold_share", "follows_votes", "audit_share", "shows_votes")


def cut_release(
    *,
    by: User | AnonymousUser,
    benchmark: Benchmark,
    notes: str = "",
    seen: int,
    accounts: bool = False,
    quotas: Mapping[str, float] | None = None,
) -> BenchmarkRelease:
    """Keep the labelled pairs of a benchmark as they are now, as its next release.

    `seen` is the number of the newest release that the person knew of, 0 for none. `accounts`: people are called by
    their accounts, and else by names that say nothing of them. `quotas` are the shares that its categories were to
    have, for the datasheet. Raises ValidationError where somebody cut one
    meanwhile (code "stale"), no pair is labelled ("empty"), or nothing changed since the last one ("same").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    refuse_stale(newest_release(benchmark), seen)
    refuse_quotas(quotas or {})
    # Read and digested before the transaction, so that nobody who labels waits for it.
    found = live_rows(benchmark, accounts=accounts)
    if not found:
        raise ValidationError(_("No pair of this benchmark has a label that counts yet."), code="empty")
    lines = [one.row.line() for one in found]
    release = BenchmarkRelease(
        benchmark=benchmark, number=seen + 1, digest=digest_of_lines(lines), notes=cleaned(notes), created_by=by
    )
    describe(release, [one.row for one in found], quotas)
    _store(by, release, list(_rows(release, found, lines)))
    return release


@transaction.atomic
def _store(by: User, release: BenchmarkRelease, rows: Sequence[ReleasedPair]) -> None:
    """Store a release with its rows, unless another one came in between."""
    take_turn()
    last = newest_release(release.benchmark)
    refuse_stale(last, release.number - 1)
    refuse_same(last, release.digest)
    release.save()
    ReleasedPair.objects.bulk_create(rows, batch_size=BATCH)
    data = {"number": release.number, "digest": release.digest, "rows": len(rows)}
    data["manifest"] = digest_of(canonical(release.manifest))
    record(by=by, verb="benchmark.released", subject=f"benchmark:{release.benchmark_id}", data=data)


def cleaned(notes: str) -> str:
    """Notes as they are stored."""
    return notes.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_NOTES]


def refuse_quotas(quotas: Mapping[str, float]) -> None:
    """Raise ValidationError unless quotas are shares."""
    if not all(isfinite(share) and share >= 0 for share in quotas.values()) or (quotas and not sum(quotas.values())):
        raise ValidationError(_("Shares are positive numbers."), code="quotas")


def refuse_same(last: BenchmarkRelease | None, digest: str) -> None:
    """Raise ValidationError where the newest release holds the same."""
    if last is not None and last.digest == digest:
        words = _("Nothing changed since release %(number)s.") % {"number": last.number}
        raise ValidationError(words, code="same")


def refuse_stale(last: BenchmarkRelease | None, seen: int) -> None:
    """Raise ValidationError unless release `seen` is the newest."""
    number = last.number if last else 0
    if number != seen:
        words = _("Release %(number)s was cut meanwhile. Look at it first.") % {"number": number}
        raise ValidationError(words, code="stale")


def describe(release: BenchmarkRelease, rows: Sequence[Row], quotas: Mapping[str, float] | None) -> None:
    """Give a release that is not stored yet its manifest and datasheet."""
    labelling = Labelling.objects.filter(benchmark=release.benchmark).first()
    settings = {name: getattr(labelling, name) for name in SETTINGS} if labelling else {}
    named = {"benchmark": release.benchmark.slug, "number": release.number, "cut_at": said_at(release.created_at)}
    release.manifest = manifest_of(rows, digest=release.digest, **named)
    release.datasheet = datasheet_of(rows, settings=settings, quotas=quotas)


def _rows(release: BenchmarkRelease, found: Sequence[LiveRow], lines: Sequence[str]) -> Iterator[ReleasedPair]:
    """Its rows, not stored yet."""
    chain = START
    for place, (one, line) in enumerate(zip(found, lines, strict=True), start=1):
        digest = digest_of(line)
        chain = linked(chain, digest)
        yield ReleasedPair(
            release=release,
            pair_id=one.pair,
            place=place,
            level=one.row.level,
            category=one.row.category,
            is_hard=one.row.hard,
            texts=one.row.texts,
            line=line,
            digest=digest,
            chain=chain,
        )
