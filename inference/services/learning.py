"""Learning from what was imported: entries of the knowledge that products and leaflets give and nobody wrote."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from inference.enums import EntryOrigin
from inference.knowledge.learn import Learned
from inference.knowledge.learn import learn as learned_from
from inference.knowledge.overlay import content_of, kind_of
from inference.knowledge.records import Kind
from inference.models import EntryVersion
from inference.selectors.entries import shipped
from inference.selectors.learning import outlived, sources, taught_lexicon
from inference.services.knowledge import PERMISSION, NewEntry, Written, write_entries
from rules.services import audit
from rules.services.permissions import require


@transaction.atomic
def learn(*, by: User | None) -> Written:
    """Write what the products and leaflets of the database teach, in one transaction. Learning again writes nothing.

    What a person wrote or withdrew stays as it is. What was learned before and nothing teaches any more goes back to
    what is shipped, or out of use. `by` is None for what the system does of itself.
    """
    if by is not None:
        require(by, PERMISSION)
    audit.take_turn()
    entries = [entry_of(one) for one in learned_from(sources(), taught_lexicon())]
    old = outlived({(one.kind, one.name) for one in entries})
    back = [one for row in old if (one := as_shipped(row))]
    withdraw(by, [row for row in old if as_shipped(row) is None])
    return write_entries(by=by, entries=(*entries, *back))


def entry_of(one: Learned) -> NewEntry:
    """What was learned, as an entry to be written."""
    origin = EntryOrigin.LEAFLET if one.from_leaflet else EntryOrigin.PRODUCT
    return NewEntry(kind_of(one.record), one.record.name, content_of(one.record), origin, one.source)


def as_shipped(row: EntryVersion) -> NewEntry | None:
    """What the files say of an entry, or None where they have it not."""
    before = shipped(Kind(row.kind), row.name)
    if not before.number:
        return None
    return NewEntry(before.kind, before.name, before.content, EntryOrigin.FILES, before.source)


def withdraw(by: User | None, rows: Sequence[EntryVersion]) -> None:
    """Take learned entries out of use, in one event."""
    if not rows:
        return
    EntryVersion.objects.bulk_create(map(withdrawn, rows))
    data = {"withdrawn": len(rows), "name": "; ".join(row.name for row in rows[:20])}
    audit.record(by=by, verb="entries.unlearned", subject="knowledge:entries", data=data)


def withdrawn(row: EntryVersion) -> EntryVersion:
    """The version that takes an entry out of use."""
    return EntryVersion(
        kind=row.kind,
        name=row.name,
        number=row.number + 1,
        content=row.content,
        withdrawn=True,
        origin=row.origin,
        source=row.source,
    )
