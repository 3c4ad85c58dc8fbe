"""Importing files: uploaded on a page and read by a task, or read at once by a command.

A file is read from its start and applied in batches, each in one transaction with the progress it
makes. Reading a file again changes nothing, so an import that was cut off is simply run again.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from annotation.enums import ImportKind, ImportState
from annotation.lines import LONGEST_LINE
from annotation.models import Benchmark, Import
from annotation.readers import Fault, Row, examine, read
from annotation.reasons import RefusedError
from annotation.services.batches import Outcome
from annotation.services.case_import import CaseImport
from annotation.services.import_jobs import (
    PERMISSION,
    TakenOverError,
    claim,
    finish,
    keep_problems,
    note_import,
    save_progress,
)
from annotation.services.labelling import labelled
from annotation.services.new_benchmarks import find_or_make_benchmark
from annotation.services.pairs import PairImport
from annotation.services.products import ProductImport
from rules.engine.attributes import gettext_noop
from rules.services.permissions import require

logger = logging.getLogger(__name__)

BATCH = 1000

FILE_IS_GONE = gettext_noop("The file is no longer there.")
STOPPED = gettext_noop("The import stopped because of an error in ARWeb. Rows before it were imported.")

Progress = Callable[[Import], None]
Importer = ProductImport | PairImport | CaseImport


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


def benchmark_of(job: Import) -> Benchmark:
    """The benchmark that the labels of a job go into, made when the first one comes."""
    if job.benchmark is None:
        job.benchmark = find_or_make_benchmark(job.benchmark_name, by=job.created_by)
        if job.to_label:
            labelled(job.benchmark, by=job.created_by)
    return job.benchmark
