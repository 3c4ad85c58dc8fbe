"""The queries by which a pair comes into somebody's hands and an answer to it, put together once: every label waits for them."""

from django.db.models import Exists, OuterRef, QuerySet

from annotation.enums import AssignmentState
from annotation.models import Annotator, Assignment, QueuedPair
from annotation.selectors.labelling import free_pairs
from rules.prepared import Prepared

AHEAD, BEHIND = "place__gt", "place__lte"

held_pairs = Prepared(
    lambda person: (
        Assignment.objects.filter(person=person, state=AssignmentState.HELD).select_related("queued").order_by()
    )
)
"""The pairs in somebody's hands, of all benchmarks."""

locked_annotator = Prepared(
    lambda benchmark, person: (
        Annotator.objects.select_for_update().filter(benchmark=benchmark, person=person).order_by()
    )
)
"""Somebody's row on a benchmark."""

locked_assignment = Prepared(
    lambda assignment, person: (
        Assignment.objects.select_for_update(of=("self", "queued"))
        .select_related("queued__benchmark__labelling__guideline")
        .filter(pk=assignment, person=person)
    )
)
"""An assignment of somebody, with its pair and how that is labelled."""


def _free(where: str, *, passes_over: bool) -> Prepared[QueuedPair]:
    """The first pair with a free slot that a person never had, on one side of a place in a queue.

    One that another is being given right now is passed over, or else waited for.
    """

    def made(benchmark: int, person: int, place: int) -> QuerySet[QueuedPair]:
        had = Assignment.objects.filter(queued=OuterRef("pk"), person=person)
        pairs = free_pairs(benchmark).filter(~Exists(had), **{where: place})
        locked = pairs.select_for_update(of=("self",), skip_locked=passes_over)
        return locked.select_related("pair__query", "pair__product")[:1]

    return Prepared(made)


FREE_PAIRS = tuple(_free(where, passes_over=first) for where in (AHEAD, BEHIND) for first in (True, False))
"""Asked in this order: from where the person is in the queue to its end, then from its start."""
