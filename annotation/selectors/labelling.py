"""What a person is offered to label, and how far the labelling of a benchmark is. Nothing here tells what others said."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.enums import AnnotatorState, AssignmentState, QueuedState
from annotation.models import (
    Annotator,
    Assignment,
    Benchmark,
    GuidelineVersion,
    Labelling,
    Pair,
    Product,
    ProductImage,
    Query,
    QueuedPair,
)
from rules.prepared import Prepared

COUNTED_ANEW = 500
"""So many pairs left are counted each time; of more the count is remembered for a while, less what was done since."""
REMEMBERED_SECONDS = 60
DONE_COUNTED_ANEW = 20
"""The same of the pairs that a person labelled today."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A pair in the hands of a person, with what its page shows.

    `sentences` maps a level to the one sentence of the guideline, `guideline` is its number (0: none). `answered` is
    the level this person gave it, where they went back to it, `note` what they wrote on it. `done_today` and `left` are labels and pairs.
    """

    assignment: Assignment
    pair: Pair
    product: Product
    query: Query
    images: tuple[ProductImage, ...]
    sentences: Mapping[str, str]
    guideline: int
    done_today: int
    left: int
    answered: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Pairs of a benchmark by state, and the labels given so far. Gold pairs are not counted."""

    open: int
    conflict: int
    settled: int
    withdrawn: int
    labels: int

    @property
    def pairs(self) -> int:
        """All that are or were to be labelled."""
        return self.open + self.conflict + self.settled


def labelling_of(benchmark: Benchmark) -> Labelling | None:
    """How the pairs of a benchmark are given to people; None where they are not."""
    return Labelling.objects.filter(benchmark=benchmark).first()


def newest_guideline(benchmark_id: int) -> GuidelineVersion | None:
    """What annotators of a benchmark go by now."""
    return GuidelineVersion.objects.filter(benchmark=benchmark_id).order_by("-number").first()


def guideline_versions(benchmark: Benchmark) -> QuerySet[GuidelineVersion]:
    """Every guideline of a benchmark, the newest first."""
    return GuidelineVersion.objects.filter(benchmark=benchmark).select_related("created_by").order_by("-number")


_annotators = Prepared(
    lambda benchmark, person: Annotator.objects.filter(benchmark=benchmark, person=person).order_by()
)


def annotator_of(by: User, benchmark: Benchmark) -> Annotator | None:
    """Somebody's row on a benchmark; None before their first pair."""
    return _annotators.first(benchmark.pk, by.pk)


def labelled_benchmarks(by: User | AnonymousUser) -> QuerySet[Benchmark]:
    """The benchmarks whose pairs are given out now."""
    if not by.has_perm("annotation.label_pair"):
        return Benchmark.objects.none()
    return Benchmark.objects.filter(labelling__is_open=True).order_by("id")


def waiting_benchmarks(by: User | AnonymousUser) -> QuerySet[Benchmark]:
    """Those of which a person holds a pair, or can be given one now. Hidden gold alone is nothing that waits."""
    found = labelled_benchmarks(by)
    if not isinstance(by, User):
        return found.none()
    paused = Annotator.objects.filter(benchmark=OuterRef("pk"), person=by, state=AnnotatorState.PAUSED)
    open_ones = QueuedPair.objects.filter(benchmark=OuterRef("pk"), state=QueuedState.OPEN)
    free = not_met(open_ones.filter(gold="", taken__lt=F("overlap")), by)
    held = Assignment.objects.filter(queued__benchmark=OuterRef("pk"), queued__state=QueuedState.OPEN)
    held = held.filter(state=AssignmentState.HELD, label=None)
    over = held.filter(until__lt=timezone.now(), slot__isnull=False)
    met = Assignment.objects.filter(queued=OuterRef("queued"), person=by).exclude(state=AssignmentState.LOST)
    return found.filter(
        ~Exists(paused), Q(Exists(free)) | Q(Exists(held.filter(person=by))) | Q(Exists(over.filter(~Exists(met))))
    )


def free_pairs(benchmark_id: int) -> QuerySet[QueuedPair]:
    """The pairs with a slot that nobody holds. Served by an index that holds only these."""
    return QueuedPair.objects.filter(
        benchmark=benchmark_id, state=QueuedState.OPEN, gold="", taken__lt=F("overlap")
    ).order_by("place")


def not_met(pairs: QuerySet[QueuedPair], by: User) -> QuerySet[QueuedPair]:
    """Those of `pairs` that a person neither holds, labelled nor skipped."""
    met = Assignment.objects.filter(queued=OuterRef("pk"), person=by).exclude(state=AssignmentState.LOST)
    return pairs.filter(~Exists(met))


def done_today(by: User) -> int:
    """The pairs that a person labelled since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Assignment.objects.filter(person=by, label__isnull=False, answered_at__gte=midnight).count()


def _done_today(annotator: Annotator) -> int:
    """The same for a page of labelling: many are remembered for a while, with what was done since."""
    key = f"done-today:{annotator.pk}:{timezone.localdate()}"
    if known := cache.get(key):
        counted, labels = known
        return int(counted + annotator.labels - labels)
    count = done_today(annotator.person)
    if count > DONE_COUNTED_ANEW:
        cache.set(key, (count, annotator.labels), REMEMBERED_SECONDS)
    return count


def pairs_left(annotator: Annotator) -> int:
    """The pairs that a person can still be given, those in their hands left out.

    Hidden gold is among them, so that the count goes down by one with each pair, whatever it is.
    """
    key = f"pairs-left:{annotator.pk}"
    if known := cache.get(key):
        counted, labels = known
        return max(0, int(counted - (annotator.labels - labels)))
    queue = QueuedPair.objects.filter(benchmark=annotator.benchmark_id, state=QueuedState.OPEN)
    gold = queue.filter(~Q(gold=""), benchmark__labelling__gold_share__gt=0)
    free = not_met(free_pairs(annotator.benchmark_id), annotator.person)
    count = free.order_by().count() + not_met(gold, annotator.person).count()
    if count > COUNTED_ANEW:
        cache.set(key, (count, annotator.labels), REMEMBERED_SECONDS)
    return count


_images = Prepared(lambda product: ProductImage.objects.filter(product=product))


def offer_of(assignment: Assignment, annotator: Annotator) -> Offer:
    """What the page of a pair shows to the person who holds it."""
    pair = _pair_of(assignment)
    guideline = annotator.benchmark.labelling.guideline
    return Offer(
        assignment=assignment,
        pair=pair,
        product=pair.product,
        query=pair.query,
        images=tuple(_images(pair.product_id)),
        sentences=guideline.sentences if guideline else {},
        guideline=guideline.number if guideline else 0,
        done_today=_done_today(annotator),
        left=pairs_left(annotator),
        answered=assignment.label.level if assignment.label else "",
        note=assignment.label.note if assignment.label else assignment.note,
    )


def _pair_of(assignment: Assignment) -> Pair:
    """The pair of an assignment with its query and product, which may have come with it."""
    if Assignment.queued.is_cached(assignment) and QueuedPair.pair.is_cached(assignment.queued):
        return assignment.queued.pair
    return Pair.objects.select_related("query", "product").get(queued=assignment.queued_id)


def progress_of(benchmark: Benchmark) -> Progress:
    """How far the labelling of a benchmark is."""
    pairs = QueuedPair.objects.filter(benchmark=benchmark, gold="").order_by()
    counts = dict(pairs.values_list("state").annotate(pairs=Count("id")))
    labels = Assignment.objects.filter(queued__in=pairs, label__isnull=False).count()
    return Progress(labels=labels, **{state.value: counts.get(state.value, 0) for state in QueuedState})
