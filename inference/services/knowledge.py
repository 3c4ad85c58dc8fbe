"""Writing the knowledge: every correction is a further version of an entry, with its author and where it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.enums import EntryOrigin
from inference.knowledge.faults import Fault, Names, faults_of
from inference.knowledge.overlay import Content, Version, content_of, record_of
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS
from inference.models import EntryVersion
from inference.selectors.entries import Standing, named_by, standing_of, standings
from inference.selectors.knowledge import tables_in_use
from rules.services import audit
from rules.services.permissions import require

PERMISSION = "inference.correct_knowledge"
SOURCE_LENGTH = 300
NOTE_LENGTH = 2000
MISSING = {"source": gettext_noop("Say where this comes from."), "note": gettext_noop("Say why.")}
ROWS = 1000
"""Rows that one statement inserts."""


class EntryConflictError(ValidationError):
    """Somebody wrote a version of this entry first: `theirs`. Nothing was written; `mine` is what was refused."""

    def __init__(self, *, mine: Content, theirs: EntryVersion) -> None:
        by = theirs.created_by
        name = (by.get_full_name() or by.get_username()) if by else _("the system")
        super().__init__(
            _("%(name)s changed this entry while you were editing it. Nothing of yours was saved yet."),
            code="conflict",
            params={"name": name},
        )
        self.mine = mine
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written: what it says, and where that comes from."""

    kind: Kind
    name: str
    content: Content
    origin: EntryOrigin
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing many entries: how many are new, changed, left as they were; why some were refused."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[str, ...] = ()


@transaction.atomic
def correct_entry(
    *, by: User, kind: Kind, name: str, content: Content, source: str, note: str, expected_number: int
) -> EntryVersion:
    """Write the next version of an entry. `expected_number` is the version that was edited.

    Raises PermissionDenied, EntryConflictError when that is no longer the newest, and ValidationError by field.
    """
    before = _begin(by, kind, name)
    _refuse_absent(before)
    content = tidy(kind, content)
    _refuse_conflict(before, content, expected_number)
    if not before.withdrawn and content == before.content:
        raise ValidationError(_("Nothing was changed."), code="unchanged")
    names = Names(tables_in_use())
    _refuse([*faults_of(kind, name, content, names, new=before.withdrawn), *reason_faults(source, note)])
    return _write(by, "entry.corrected", before, content, source=source, note=note)


@transaction.atomic
def add_entry(*, by: User, kind: Kind, name: str, content: Content, source: str, note: str) -> EntryVersion:
    """Write the first version of an entry that there is not yet. One that was withdrawn is restored instead."""
    name = name.strip()
    before = _begin(by, kind, name)
    content = tidy(kind, content)
    names = Names(tables_in_use())
    _refuse([*faults_of(kind, name, content, names, new=True), *reason_faults(source, note)])
    if before.number:
        raise ValidationError({"name": _("This entry was withdrawn; restore one of its versions instead.")})
    return _write(by, "entry.added", before, content, source=source, note=note)


@transaction.atomic
def withdraw_entry(*, by: User, kind: Kind, name: str, note: str, expected_number: int) -> EntryVersion:
    """Take an entry out of use; its versions stay readable. Refused while other entries name it."""
    before = _begin(by, kind, name)
    _refuse_absent(before)
    _refuse_conflict(before, before.content, expected_number)
    if before.withdrawn:
        raise ValidationError(_("This entry is withdrawn already."), code="unchanged")
    if not note.strip():
        raise ValidationError({"note": _("Say why.")})
    if users := named_by(kind, name):
        shown = _(", ").join(users[:5])
        raise ValidationError(
            _("%(n)s other entries name it: %(names)s. Change those first.") % {"n": len(users), "names": shown},
            code="named",
        )
    return _write(by, "entry.withdrawn", before, before.content, source=before.source, note=note, withdrawn=True)


@transaction.atomic
def restore_version(*, by: User, kind: Kind, name: str, number: int, expected_number: int) -> EntryVersion:
    """Write what an earlier version said as the newest, whether the entry was changed since or withdrawn."""
    before = _begin(by, kind, name)
    _refuse_absent(before)
    old = EntryVersion.objects.filter(kind=kind, name=name, number=number).first()
    if old is None:
        raise ValidationError(_("There is no such version."), code="absent")
    _refuse_conflict(before, old.content, expected_number)
    if not before.withdrawn and tidy(kind, old.content) == before.content:
        raise ValidationError(_("Nothing was changed."), code="unchanged")
    _refuse(faults_of(kind, name, old.content, Names(tables_in_use()), new=before.withdrawn))
    note = _("Version %(number)s restored") % {"number": number}
    return _write(by, "entry.restored", before, old.content, source=old.source, note=note)


@transaction.atomic
def write_entries(*, by: User | None, entries: Iterable[NewEntry]) -> Written:
    """Write what was learned, many entries at once. `by` is None for what the system learns of itself.

    What a person wrote or withdrew is left as it is, and so is what says nothing new. A faulty one is refused, the
    others are written.
    """
    if by is not None:
        require(by, PERMISSION)
    audit.take_turn()
    wanted = {(one.kind, one.name): one for one in entries}
    names, now = Names(tables_in_use()), standings(wanted)
    rows: list[EntryVersion] = []
    refused: list[str] = []
    added = changed = 0
    for key, one in wanted.items():
        before, content = now[key], tidy(one.kind, one.content)
        if before.by_person or (before.number and not before.withdrawn and before.content == content):
            continue
        if faults := faults_of(one.kind, one.name, content, names, new=not before.number):
            refused.append(one.name + _(": ") + said(faults[0]))
            continue
        rows += _versions(by, before, content, origin=one.origin, source=one.source, note=one.note)
        added, changed = added + (not before.number), changed + bool(before.number)
    EntryVersion.objects.bulk_create(rows, batch_size=ROWS)
    written = Written(added, changed, len(wanted) - added - changed - len(refused), tuple(refused))
    if rows:
        audit.record(by=by, verb="entries.learned", subject="knowledge:entries", data=_counted(written, rows))
    return written


def tidy(kind: Kind, content: Content) -> dict[str, Any]:
    """The fields of a kind and no other, blanks around words taken off, each word once."""
    return content_of(record_of(Version(kind, "", {one.name: _tidied(content.get(one.name)) for one in FIELDS[kind]})))


def reason_faults(source: str, note: str) -> list[Fault]:
    """Whether it is said where a correction comes from and why it is made."""
    faults = []
    for place, text, most in (("source", source, SOURCE_LENGTH), ("note", note, NOTE_LENGTH)):
        if not text.strip():
            faults.append(Fault(place, MISSING[place]))
        elif len(text) > most:
            faults.append(Fault(place, gettext_noop("This is too long: at most %(most)d characters."), {"most": most}))
        elif "\0" in text:
            faults.append(Fault(place, gettext_noop("This holds control characters; remove them.")))
    return faults


def _tidied(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list | tuple | frozenset | set):
        words = sorted(value) if isinstance(value, frozenset | set) else value
        return list(dict.fromkeys(word.strip() for word in words if isinstance(word, str) and word.strip()))
    return None


def _begin(by: User, kind: Kind, name: str) -> Standing:
    """How an entry stands, once it is this writer's turn: ids are then in the order in which they are committed."""
    require(by, PERMISSION)
    audit.take_turn()
    return standing_of(kind, name)


def _refuse_absent(before: Standing) -> None:
    if not before.number:
        raise ValidationError(_("There is no such entry."), code="absent")


def _refuse_conflict(before: Standing, mine: Content, expected: int) -> None:
    if before.number != expected:
        theirs = EntryVersion.objects.select_related("created_by").get(
            kind=before.kind, name=before.name, number=before.number
        )
        raise EntryConflictError(mine=mine, theirs=theirs)


def _refuse(faults: Sequence[Fault]) -> None:
    if not faults:
        return
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.place, []).append(said(fault))
    raise ValidationError(told)


def said(fault: Fault) -> str:
    """A fault in the language of the reader."""
    return _(fault.message) % fault.params


def _write(
    by: User, verb: str, before: Standing, content: Content, *, source: str, note: str, withdrawn: bool = False
) -> EntryVersion:
    rows = _versions(
        by,
        before,
        content,
        origin=EntryOrigin.CORRECTION,
        source=source.strip(),
        note=note.strip(),
        withdrawn=withdrawn,
    )
    for row in rows:
        row.save()
    written = rows[-1]
    told = {"version": written.number, "source": written.source, "reason": written.note}
    changed = {"content_before": None if before.withdrawn or not before.number else before.content}
    changed |= {"content_after": None if withdrawn else written.content}
    audit.record(by=by, verb=verb, subject=subject_of(written), data=told | changed)
    return written


def _versions(
    by: User | None,
    before: Standing,
    content: Content,
    *,
    origin: EntryOrigin,
    source: str,
    note: str,
    withdrawn: bool = False,
) -> list[EntryVersion]:
    """The next version; in front of it what the files say, where that is not stored yet."""
    rows = []
    if before.number and not before.stored:
        rows.append(_version(before, 1, before.content, origin=EntryOrigin.FILES, source=before.source))
    number = before.number + 1
    rows.append(
        _version(before, number, content, origin=origin, source=source, note=note, withdrawn=withdrawn, created_by=by)
    )
    return rows


def _version(before: Standing, number: int, content: Content, **fields: Any) -> EntryVersion:
    return EntryVersion(kind=before.kind, name=before.name, number=number, content=dict(content), **fields)


def subject_of(version: EntryVersion) -> str:
    """How the audit trail names an entry; a long name is cut."""
    return f"entry:{version.kind}/{version.name}"[:80]


def _counted(written: Written, rows: Sequence[EntryVersion]) -> Mapping[str, Any]:
    sources = sorted({row.source for row in rows if row.origin != EntryOrigin.FILES})
    return {"added": written.added, "changed": written.changed, "source": _("; ").join(sources[:5])}
