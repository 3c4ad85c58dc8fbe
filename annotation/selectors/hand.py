"""The pairs in the hands of a person, as their page of labelling shows them, and why they can't be given any."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from annotation.enums import AnnotatorState, AssignmentState, QueuedState
from annotation.models import Annotator, Assignment, Benchmark
from annotation.selectors.labelling import Offer, annotator_of, done_today, labelling_of, offer_of, pairs_left

CLOSED, PAUSED = "closed", "paused"
"""Why nothing is given out: to nobody, or not to this person."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Pairs for a page that may have others already; what the person labelled since midnight; what is left for them.

    `why` is why they can't be given pairs: `CLOSED`, `PAUSED`, or empty where they can.
    """

    offers: tuple[Offer, ...]
    done: int
    left: int
    why: str = ""

    @property
    def total(self) -> int:
        """The length of the progress line."""
        return self.done + self.left or 1


def held_by(by: User, benchmark: Benchmark) -> QuerySet[Assignment]:
    """The pairs that a person holds: first those that they went back to, then in the order in which they took them."""
    held = Assignment.objects.filter(queued__benchmark=benchmark, person=by, state=AssignmentState.HELD)
    wanted = Q(label=None, queued__state=QueuedState.OPEN) | Q(label__isnull=False, until__gt=timezone.now())
    return held.filter(wanted).select_related("label").order_by(F("answered_at").asc(nulls_last=True), "pk")


def hand_of(by: User, benchmark: Benchmark, *, without: Collection[int] = (), most: int = 1) -> Hand:
    """The first `most` pairs that a person holds, `without` those that their page has already."""
    annotator = annotator_of(by, benchmark)
    why = why_nothing(benchmark, annotator)
    if annotator is None:
        return Hand((), done=done_today(by), left=0, why=why)
    annotator.person, annotator.benchmark = by, benchmark
    held = list(held_by(by, benchmark))
    fresh = [one for one in held if one.pk not in without][:most]
    offers = tuple(offer_of(one, annotator) for one in fresh)
    return Hand(offers, done=done_today(by), left=pairs_left(annotator) + len(held), why=why)


def why_nothing(benchmark: Benchmark, annotator: Annotator | None) -> str:
    """Why a person can't be given pairs; empty where they can. Asks nothing where the labelling came with `benchmark`."""
    came = Benchmark.labelling.is_cached(benchmark)
    labelling = getattr(benchmark, "labelling", None) if came else labelling_of(benchmark)
    if labelling is None or not labelling.is_open:
        return CLOSED
    return PAUSED if annotator and annotator.state == AnnotatorState.PAUSED else ""
