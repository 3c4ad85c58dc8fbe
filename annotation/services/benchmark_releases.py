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
    # Read before the transaction, so that nobody who labels waits for it.
    rows = live_rows(benchmark, accounts=accounts)
    lines = [one.row.line() for one in rows]
    digest = digest_of_lines(lines)
    if not rows:
        raise ValidationError(_("No pair of this benchmark has a label that counts yet."), code="empty")
    with transaction.atomic():
        take_turn()
        last = newest_release(benchmark)
        refuse_stale(last, seen)
        if last is not None and last.digest == digest:
            words = _("Nothing changed since release %(number)s.") % {"number": last.number}
            raise ValidationError(words, code="same")
        release = _stored(by, benchmark, notes, rows, digest, seen + 1)
        ReleasedPair.objects.bulk_create(_released(release, rows, lines), batch_size=BATCH)
        data = {"number": release.number, "digest": digest, "rows": len(rows)}
        data["manifest"] = digest_of(canonical(release.manifest))
        record(by=by, verb="benchmark.released", subject=f"benchmark:{benchmark.pk}", data=data)
    return release


def refuse_stale(last: BenchmarkRelease | None, seen: int) -> None:
    """Raise ValidationError unless release `seen` is the newest."""
    number = last.number if last else 0
    if number != seen:
        words = _("Release %(number)s was cut meanwhile. Look at it first.") % {"number": number}
        raise ValidationError(words, code="stale")


def _stored(
    by: User, benchmark: Benchmark, notes: str, rows: Sequence[LiveRow], digest: str, number: int
) -> BenchmarkRelease:
    found, now = [one.row for one in rows], timezone.now()
    labelling = Labelling.objects.filter(benchmark=benchmark).first()
    settings = {name: getattr(labelling, name) for name in SETTINGS} if labelling else {}
    release: BenchmarkRelease = BenchmarkRelease.objects.create(
        benchmark=benchmark,
        number=number,
        digest=digest,
        manifest=manifest_of(found, digest=digest, benchmark=benchmark.slug, number=number, cut_at=said_at(now)),
        datasheet=datasheet_of(found, settings=settings),
        notes=notes.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_NOTES],
        created_by=by,
        created_at=now,
    )
    return release


def _released(release: BenchmarkRelease, rows: Sequence[LiveRow], lines: Sequence[str]) -> Iterator[ReleasedPair]:
    chain = START
    for place, (one, line) in enumerate(zip(rows, lines, strict=True), start=1):
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
