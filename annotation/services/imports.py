"""Importing files: uploaded on a page and read by a task, or read at once by a command.

A file is read from its start and applied in batches, each in one transaction with the progress it
makes. Reading a file again changes nothing, so an import that was cut off is simply run again.
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotation.enums import ImportKind, ImportState
from annotation.lines import LONGEST_LINE
from annotation.models import Benchmark, Import, ImportProblem
from annotation.readers import Fault, Row, examine, read
from annotation.reasons import RefusedError
from annotation.services.batches import Outcome
from annotation.services.case_import import CaseImport
from annotation.services.labelling import PERMISSION as MANAGE_LABELLING
from annotation.services.labelling import labelled
from annotation.services.pairs import PairImport
from annotation.services.products import ProductImport
from annotation.signals import catalogue_imported
from rules.engine.attributes import gettext_noop
from rules.services.audit import record
from rules.services.permissions import require

logger = logging.getLogger(__name__)

BATCH = 500
MOST_PROBLEMS = 1000
"""Problems that are kept; the others are only counted."""
PERMISSION = "annotation.import_catalogue"
COUNTS = ("created", "updated", "unchanged", "rejected", "images_missing")
PROGRESS = ("encoding", "bytes_total", "bytes_read", *COUNTS, "benchmark_id")
"""What a job remembers of how far it is."""

FILE_IS_GONE = gettext_noop("The file is no longer there.")
STOPPED = gettext_noop("The import stopped because of an error in ARWeb. Rows before it were imported.")

Progress = Callable[[Import], None]
Importer = ProductImport | PairImport | CaseImport


class TakenOverError(Exception):
    """Somebody else reads this file now."""


def start_import(
    *, by: User | AnonymousUser, kind: str, upload: "UploadedFile[Any]", benchmark: str = "", to_label: bool = False
) -> Import:
    """Keep an uploaded file and note that it waits to be imported. The caller enqueues the task."""
    require(by, PERMISSION)
    if to_label:
        require(by, MANAGE_LABELLING)
    assert isinstance(by, User)
    if kind not in ImportKind.values:
        raise ValidationError(_("Choose what the file holds."))
    path = keep_upload(upload)
    try:
        return note_import(
            by=by,
            kind=kind,
            path=path,
            name=Path(upload.name or "").name,
            benchmark=benchmark,
            images=None,
            to_label=to_label,
        )
    except Exception:
        path.unlink(missing_ok=True)
        raise


def import_products(
    *, path: Path, by: User | None = None, images: Path | None = None, progress: Progress | None = None
) -> Import:
    """Import products from a file of this machine, at once. `images`: the folder of their images."""
    return import_file(path=path, kind=ImportKind.PRODUCTS, by=by, images=images, progress=progress)


def import_pairs(
    *,
    path: Path,
    by: User | None = None,
    benchmark: str = "",
    to_label: bool = False,
    progress: Progress | None = None,
) -> Import:
    """Import pairs from a file of this machine, at once; labels go into `benchmark` (a short name).

    `to_label`: people are to label the pairs for it.
    """
    return import_file(
        path=path, kind=ImportKind.PAIRS, by=by, benchmark=benchmark, to_label=to_label, progress=progress
    )


def import_cases(*, path: Path, by: User | None = None, progress: Progress | None = None) -> Import:
    """Import bad cases from a file of this machine, at once."""
    return import_file(path=path, kind=ImportKind.CASES, by=by, progress=progress)


def import_file(
    *,
    path: Path,
    kind: ImportKind,
    by: User | None = None,
    benchmark: str = "",
    to_label: bool = False,
    images: Path | None = None,
    progress: Progress | None = None,
) -> Import:
    """Import a file of this machine, at once."""
    if by:
        require(by, PERMISSION)
    job = note_import(
        by=by,
        kind=kind,
        path=path.resolve(),
        name=path.name,
        benchmark=benchmark,
        images=images,
        to_label=to_label,
    )
    return run_import(job.pk, progress=progress)


def note_import(
    *,
    by: User | None,
    kind: str,
    path: Path,
    name: str,
    benchmark: str,
    images: Path | None,
    to_label: bool = False,
) -> Import:
    """The row that an import is followed by."""
    with transaction.atomic():
        job = Import.objects.create(
            kind=kind,
            name=name[:200],
            path=str(path),
            images=str(images.resolve()) if images else "",
            benchmark_name=(benchmark.strip() or Path(name).stem)[:120] if kind == ImportKind.PAIRS else "",
            to_label=to_label and kind == ImportKind.PAIRS,
            bytes_total=path.stat().st_size,
            created_by=by,
        )
        record(by=by, verb="import.started", subject=f"import:{job.pk}", data={"kind": kind, "file": job.name})
    return job


def keep_upload(upload: "UploadedFile[Any]") -> Path:
    """Write an upload where only ARWeb reads it, under a name that nobody chose."""
    most = settings.IMPORT_MAX_BYTES
    if (upload.size or 0) > most:
        raise ValidationError(
            _("The file is larger than %(most)s MB."), code="size", params={"most": most // 1024 // 1024}
        )
    folder = Path(settings.UPLOAD_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid.uuid4().hex
    with path.open("xb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def run_import(import_id: int, *, progress: Progress | None = None, longest: int = LONGEST_LINE) -> Import:
    """Read a file from its start and apply it. One that is done stays as it is; one being read is taken over."""
    runner = uuid.uuid4().hex
    if not claim(import_id, runner):
        return Import.objects.get(pk=import_id)
    job = Import.objects.get(pk=import_id)
    try:
        read_file(job, progress or (lambda job: None), longest)
        finish(job, ImportState.DONE)
    except RefusedError as error:
        finish(job, ImportState.REFUSED, error.reason, error.params)
    except FileNotFoundError:
        finish(job, ImportState.REFUSED, FILE_IS_GONE)
    except TakenOverError:
        logger.info("import %s was taken over", import_id)
    except (OperationalError, InterfaceError):
        raise  # the database is away for a while: the task comes back
    except Exception:
        logger.exception("import %s stopped", import_id)
        finish(job, ImportState.REFUSED, STOPPED)
    return Import.objects.get(pk=import_id)


def claim(import_id: int, runner: str) -> bool:
    """Make `runner` the one who reads, from the start; whoever read before finds out at their next batch."""
    with transaction.atomic():
        claimed = Import.objects.filter(pk=import_id, state__in=[ImportState.WAITING, ImportState.RUNNING]).update(
            state=ImportState.RUNNING,
            runner=runner,
            touched_at=timezone.now(),
            bytes_read=0,
            created=0,
            updated=0,
            unchanged=0,
            rejected=0,
            images_missing=0,
        )
        if claimed:
            ImportProblem.objects.filter(job=import_id).delete()
    return bool(claimed)


def read_file(job: Import, progress: Progress, longest: int) -> None:
    """Apply every batch of a job's file."""
    source = examine(Path(job.path), name=job.name)
    job.encoding, job.bytes_total = source.encoding, source.size
    importer = importer_for(job)
    for batch in in_batches(read(source, importer.columns, longest=longest)):
        outcome = Outcome()
        ready = importer.prepare(batch, outcome)
        unread = list(outcome.faults)
        try:
            apply(job, importer, ready, outcome, batch[-1].offset)
        except IntegrityError:
            # Another import made one of these rows just now; this time it is found.
            job.refresh_from_db(fields=["benchmark"])
            apply(job, importer, ready, Outcome(faults=unread), batch[-1].offset)
        progress(job)


def importer_for(job: Import) -> Importer:
    """What takes the rows of this kind of file."""
    if job.kind == ImportKind.PRODUCTS:
        return ProductImport(Path(job.images) if job.images else None)
    if job.kind == ImportKind.CASES:
        return CaseImport(by=job.created_by)
    return PairImport(
        benchmark=lambda: benchmark_of(job),
        by=job.created_by,
        source=job.name,
        to_label=lambda: job.to_label,
    )


def in_batches(rows: Iterable[Row | Fault]) -> Iterator[list[Row | Fault]]:
    """Rows, BATCH at a time."""
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        yield batch


def apply(job: Import, importer: Importer, ready: list[Any], outcome: Outcome, offset: int) -> None:
    """Write a batch, its problems and its progress in one transaction, unless somebody took over."""
    with transaction.atomic():
        importer.store(ready, outcome)
        keep_problems(job, outcome.faults)
        job.created += outcome.created
        job.updated += outcome.updated
        job.unchanged += outcome.unchanged
        job.images_missing += outcome.images_missing
        job.rejected += len(outcome.faults)
        job.bytes_read = offset
        save_progress(job)


def keep_problems(job: Import, faults: list[Fault]) -> None:
    """Store the first problems of an import."""
    room = max(MOST_PROBLEMS - job.rejected, 0)
    ImportProblem.objects.bulk_create(
        ImportProblem(job=job, line=fault.line, reason=fault.reason, params=dict(fault.params), excerpt=fault.excerpt)
        for fault in sorted(faults, key=lambda fault: fault.line)[:room]
    )


def save_progress(job: Import, **changes: Any) -> None:
    """Save what a job has come to; TakenOverError if it is somebody else's now."""
    values = {name: getattr(job, name) for name in PROGRESS} | changes
    if not Import.objects.filter(pk=job.pk, runner=job.runner).update(**values, touched_at=timezone.now()):
        raise TakenOverError


def finish(job: Import, state: ImportState, message: str = "", params: dict[str, str | int] | None = None) -> None:
    """Close an import, and drop the upload that nobody needs any more."""
    with suppress(TakenOverError), transaction.atomic():
        counts = {name: getattr(job, name) for name in COUNTS}
        save_progress(job, state=state, message=message, message_params=params or {}, finished_at=timezone.now())
        record(by=job.created_by, verb=f"import.{state}", subject=f"import:{job.pk}", data=counts)
        if is_upload(job):
            transaction.on_commit(lambda: Path(job.path).unlink(missing_ok=True))
        if job.kind == ImportKind.PRODUCTS:
            transaction.on_commit(lambda: catalogue_imported.send_robust(sender=Import, import_id=job.pk))


def is_upload(job: Import) -> bool:
    """Whether the file is our copy."""
    return Path(job.path).parent == Path(settings.UPLOAD_ROOT)


def benchmark_of(job: Import) -> Benchmark:
    """The benchmark that the labels of a job go into, made when the first one comes."""
    if job.benchmark is None:
        job.benchmark = find_or_make_benchmark(job.benchmark_name, by=job.created_by)
        if job.to_label:
            labelled(job.benchmark, by=job.created_by)
    return job.benchmark


def find_or_make_benchmark(name: str, *, by: User | None) -> Benchmark:
    """The benchmark with this short name or name, or a new one."""
    slug = slug_of(name)
    benchmark, made = Benchmark.objects.get_or_create(slug=slug, defaults={"name": name})
    if made:
        record(by=by, verb="benchmark.created", subject=f"benchmark:{slug}", data={"name": name})
    return benchmark


def slug_of(name: str) -> str:
    """The short name of a benchmark. One without Latin letters is told apart by a digest."""
    slug = slugify(name)[:60].strip("-_")
    return slug if re.search(r"[a-z0-9]", slug) else f"benchmark-{sha256(name.encode()).hexdigest()[:8]}"


def resume_imports() -> list[int]:
    """The imports that wait or were cut off, to be enqueued again when a worker starts.

    A file that a command reads is left to that command while it gives signs of life.
    """
    quiet_since = timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS)
    unfinished = Import.objects.filter(state__in=[ImportState.WAITING, ImportState.RUNNING]).order_by("id")
    return [job.pk for job in unfinished if is_upload(job) or (job.touched_at or job.created_at) < quiet_since]
