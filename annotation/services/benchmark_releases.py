"""Cutting a release of a benchmark."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.datasheet import datasheet_of
from annotation.manifest import START, canonical, digest_of, digest_of_lines, linked, manifest_of
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
    *, by: User | AnonymousUser, benchmark: Benchmark, notes: str = "", seen: int, accounts: bool = False
) -> BenchmarkRelease:
    """Keep the labelled pairs of a benchmark as they are now, as its next release.

    `seen` is the number of the newest release that the person knew of, 0 for none. `accounts`: people are called by
    their accounts, and else by names that say nothing of them. Raises ValidationError where somebody cut one
    meanwhile (code "stale"), no pair is labelled ("empty"), or nothing changed since the last one ("same").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    refuse_stale(newest_release(benchmark), seen)
    # Read and digested before the transaction, so that nobody who labels waits for it.
    found = live_rows(benchmark, accounts=accounts)
    if not found:
        raise ValidationError(_("No pair of this benchmark has a label that counts yet."), code="empty")
    lines = [one.row.line() for one in found]
    release = _release(by, benchmark, cleaned(notes), found, digest_of_lines(lines), seen + 1)
    rows = list(_rows(release, found, lines))
    with transaction.atomic():
        take_turn()
        last = newest_release(benchmark)
        refuse_stale(last, seen)
        refuse_same(last, release.digest)
        release.save()
        ReleasedPair.objects.bulk_create(rows, batch_size=BATCH)
        data = {"number": release.number, "digest": release.digest, "rows": len(rows)}
        data["manifest"] = digest_of(canonical(release.manifest))
        record(by=by, verb="benchmark.released", subject=f"benchmark:{benchmark.pk}", data=data)
    return release


def cleaned(notes: str) -> str:
    """Notes as they are stored."""
    return notes.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_NOTES]


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


def _release(
    by: User, benchmark: Benchmark, notes: str, found: Sequence[LiveRow], digest: str, number: int
) -> BenchmarkRelease:
    """The release, not stored yet."""
    rows, now = [one.row for one in found], timezone.now()
    labelling = Labelling.objects.filter(benchmark=benchmark).first()
    settings = {name: getattr(labelling, name) for name in SETTINGS} if labelling else {}
    return BenchmarkRelease(
        benchmark=benchmark,
        number=number,
        digest=digest,
        manifest=manifest_of(rows, digest=digest, benchmark=benchmark.slug, number=number, cut_at=said_at(now)),
        datasheet=datasheet_of(rows, settings=settings),
        notes=notes,
        created_by=by,
        created_at=now,
    )


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
