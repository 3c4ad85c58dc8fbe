"""Importing a file of leaflets, a batch at a time. Importing it again changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from annotation.models.imports import rendered
from annotation.readers import Fault, Format, Row, examine, read
from annotation.reasons import RefusedError
from annotation.services.batches import Outcome, Seen, taken
from annotation.services.import_jobs import keep_upload
from inference.enums import DocumentKind
from inference.knowledge.leaflets import LEAFLET_COLUMNS, Leaflet, leaflet_of
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.read_passage import subject_of
from inference.selectors.knowledge import lexicon_in_use
from inference.services.documents import PERMISSION, Draft, store_documents
from rules.engine.attributes import gettext_noop
from rules.services.permissions import require

BATCH = 200
MOST_PROBLEMS = 1000
LARGEST_UPLOAD = 8 * 1024 * 1024
"""Bytes of a file that a page imports while one waits, some 4,000 leaflets."""
MOST_LINES = 5000
"""Lines of such a file, however short they are."""
NOT_JSONL = gettext_noop("Leaflets come as JSONL: one JSON object a line.")


@dataclass(slots=True)
class LeafletImport:
    """How far an import is. `problems` are the first lines that were not taken, `rejected` counts them all."""

    bytes_total: int
    bytes_read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    passages: int = 0
    rejected: int = 0
    problems: list[Fault] = field(default_factory=list)


Progress = Callable[[LeafletImport], None]


def import_leaflets(
    *,
    path: Path,
    source: str = "",
    dated: date | None = None,
    name: str = "",
    by: User | None = None,
    progress: Progress | None = None,
) -> LeafletImport:
    """Import the leaflets of a file of this machine. A line that can't be taken is noted, the others are taken.

    `source` says where the leaflets come from, the file's name unless told; `dated` of what day they are.
    A batch is stored whole or not at all. Raises RefusedError for a file that can't be read.
    """
    if by:
        require(by, PERMISSION)
    name = name or path.name
    file = examine(path, name=name)
    if file.format is not Format.JSONL:
        raise RefusedError(NOT_JSONL)
    done = LeafletImport(bytes_total=file.size)
    lexicon = lexicon_in_use()
    seen = Seen()
    for batch in in_batches(read(file, LEAFLET_COLUMNS)):
        outcome = Outcome()
        leaflets = taken(batch, lambda row: checked(row, seen), outcome)
        drafts = [draft_of(leaflet, source or name, dated, lexicon) for leaflet in leaflets]
        stored = store_documents(drafts=drafts, by=by, reason=name)
        done.created += stored.created
        done.updated += stored.updated
        done.unchanged += stored.unchanged
        done.passages += stored.passages
        done.rejected += len(outcome.faults)
        done.problems += outcome.faults[: max(MOST_PROBLEMS - len(done.problems), 0)]
        done.bytes_read = batch[-1].offset
        if progress:
            progress(done)
    return done


def in_batches(rows: Iterable[Row | Fault]) -> Iterator[list[Row | Fault]]:
    """Rows, BATCH at a time."""
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        yield batch


def checked(row: Row, seen: Seen) -> Leaflet:
    """The leaflet of a row; RowError where its id stands further up with another text."""
    leaflet = leaflet_of(row.values)
    seen.check(leaflet.external_id, leaflet, shown=leaflet.external_id)
    return leaflet


def draft_of(leaflet: Leaflet, source: str, dated: date | None, lexicon: Lexicon) -> Draft:
    """The document of a leaflet, about the medicine by its common name where that is known."""
    return Draft(
        external_id=f"leaflet:{leaflet.external_id}",
        kind=DocumentKind.LEAFLET,
        title=leaflet.title[:300],
        source=source[:300],
        sections=leaflet.passages,
        about=subject_of(leaflet.name, lexicon) or leaflet.about,
        dated=dated,
    )


def upload_leaflets(
    *, by: User | AnonymousUser, upload: "UploadedFile[Any]", source: str = "", dated: date | None = None
) -> LeafletImport:
    """Import an uploaded file at once; what is too long for that is left to the command. Raises ValidationError."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    refuse_long(upload)
    path = keep_upload(upload)
    try:
        return import_leaflets(path=path, source=source, dated=dated, name=Path(upload.name or "").name, by=by)
    except RefusedError as error:
        raise ValidationError(rendered(error.reason, error.params)) from error
    finally:
        path.unlink(missing_ok=True)


def refuse_long(upload: "UploadedFile[Any]") -> None:
    """Raise ValidationError for a file that nobody should wait for."""
    if (upload.size or 0) > LARGEST_UPLOAD:
        words = _("The file is larger than %(most)s MB. The command import_leaflets takes larger ones.")
        raise ValidationError(words % {"most": LARGEST_UPLOAD // 1024 // 1024})
    if sum(chunk.count(b"\n") for chunk in upload.chunks()) > MOST_LINES:
        words = _("The file has more than %(most)s lines. The command import_leaflets takes longer ones.")
        raise ValidationError(words % {"most": MOST_LINES})
