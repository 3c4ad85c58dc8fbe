"""What people make of entries that a model proposes: one accepted is written like any other, with its author and its source."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.knowledge.overlay import Content
from inference.knowledge.records import Kind
from inference.models import EntryVerdict, EntryVersion, ProposedEntry
from inference.selectors.entries import standing_of
from inference.services.knowledge import NOTE_LENGTH, PERMISSION, add_entry, correct_entry
from rules.services import audit
from rules.services.permissions import require


@dataclass(frozen=True, slots=True)
class Changed:
    """What a person wrote instead of what a model proposed, where from and why."""

    content: Content
    source: str
    note: str


@transaction.atomic
def accept_entry(*, by: User, proposed: ProposedEntry, changed: Changed | None = None) -> EntryVersion:
    """Write what a model proposed, or what `by` changed it to. Its source stays the model where nobody says otherwise.

    Raises PermissionDenied, and ValidationError where it was decided already, the entry was written meanwhile, or,
    by field, for what can't be.
    """
    _begin(by, proposed)
    kind = Kind(proposed.kind)
    if standing_of(kind, proposed.name).number != proposed.expected_number:
        raise ValidationError(_("This entry was written since the model was asked. Look at it first."), code="conflict")
    said = changed or Changed(proposed.content, proposed.source, _note(proposed))
    told = {"content": said.content, "source": said.source, "note": said.note}
    if number := proposed.expected_number:
        version = correct_entry(by=by, kind=kind, name=proposed.name, expected_number=number, **told)  # type: ignore[arg-type]
    else:
        version = add_entry(by=by, kind=kind, name=proposed.name, **told)  # type: ignore[arg-type]
    EntryVerdict.objects.create(proposed=proposed, accepted=True, version=version, created_by=by)
    return version


def _note(proposed: ProposedEntry) -> str:
    return (_("Proposed by a model and accepted. %(reason)s") % {"reason": proposed.reason}).strip()


@transaction.atomic
def decline_entry(*, by: User, proposed: ProposedEntry, note: str = "") -> EntryVerdict:
    """Leave out what a model proposed; no model is asked about that name again.

    Raises PermissionDenied, and ValidationError where it was decided already.
    """
    _begin(by, proposed)
    note = " ".join(note.replace("\0", "").split())[:NOTE_LENGTH]
    verdict = EntryVerdict.objects.create(proposed=proposed, accepted=False, note=note, created_by=by)
    data = {"source": proposed.source, "reason": note}
    audit.record(by=by, verb="entry.declined", subject=f"entry:{proposed.kind}/{proposed.name}"[:80], data=data)
    return verdict


def _begin(by: User, proposed: ProposedEntry) -> None:
    require(by, PERMISSION)
    audit.take_turn()
    if EntryVerdict.objects.filter(proposed=proposed).exists():
        raise ValidationError(_("Somebody has decided on this already."), code="decided")
