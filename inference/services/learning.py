"""Learning from what was imported: entries of the knowledge that products and leaflets give and nobody wrote."""

from django.contrib.auth.models import User

from inference.enums import EntryOrigin
from inference.knowledge.learn import Learned
from inference.knowledge.learn import learn as learned_from
from inference.knowledge.overlay import content_of, kind_of
from inference.selectors.learning import sources, taught_lexicon
from inference.services.knowledge import PERMISSION, NewEntry, Written, write_entries
from rules.services.permissions import require


def learn(*, by: User | None) -> Written:
    """Write what the products and leaflets of the database teach, in one transaction. Learning again writes nothing.

    What a person wrote or withdrew stays as it is. `by` is None for what the system does of itself.
    """
    if by is not None:
        require(by, PERMISSION)
    return write_entries(by=by, entries=map(entry_of, learned_from(sources(), taught_lexicon())))


def entry_of(one: Learned) -> NewEntry:
    """What was learned, as an entry to be written."""
    origin = EntryOrigin.LEAFLET if one.from_leaflet else EntryOrigin.PRODUCT
    return NewEntry(kind_of(one.record), one.record.name, content_of(one.record), origin, one.source)
