"""The row that an import is followed by: noted, claimed by who reads the file, saved batch by batch, closed."""

import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.enums import ImportKind, ImportState
from annotation.models import Import, ImportProblem
from annotation.readers import Fault
from annotation.services.labelling import PERMISSION as MANAGE_LABELLING
from annotation.signals import catalogue_imported
from rules.services.audit import record
from rules.services.permissions import require

MOST_PROBLEMS = 1000
"""Problems that are kept; the others are only counted."""
PERMISSION = "annotation.import_catalogue"
COUNTS = ("created", "updated", "unchanged", "rejected", "images_missing")
PROGRESS = ("encoding", "bytes_total", "bytes_read", *COUNTS, "benchmark_id")
"""What a job remembers of how far it is."""


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


def resume_imports() -> list[int]:
    """The imports that wait or were cut off, to be enqueued again when a worker starts.

    A file that a command reads is left to that command while it gives signs of life.
    """
    quiet_since = timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS)
    unfinished = Import.objects.filter(state__in=[ImportState.WAITING, ImportState.RUNNING]).order_by("id")
    return [job.pk for job in unfinished if is_upload(job) or (job.touched_at or job.created_at) < quiet_since]
