"""The queue of a benchmark, and which pairs of the catalogue may come into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, Left

from annotation.enums import AnnotatorState, AssignmentState, LabelKind, QueuedState
from annotation.models import Annotator, Assignment, BadCase, Benchmark, BenchmarkPair, Label, Pair, QueuedPair
from annotation.sampling import Candidate
from annotation.selectors.labelling import free_pairs
from annotation.selectors.traffic import asked_pairs
from rules.engine.attributes import Attribute

LONGEST_CATEGORY = 60
BACKEND = "django.contrib.auth.backends.ModelBackend"
_FIRST = [KeyTextTransform("0", KeyTransform("category", f"product__{names}")) for names in ("given", "parsed")]
CATEGORY = Left(Coalesce(*_FIRST, Value("")), LONGEST_CATEGORY)
"""`category_of` the product of a pair, as the database reads it."""


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many pairs of a category wait and are settled."""

    category: str
    pairs: int
    settled: int


def queue_of(
    benchmark: Benchmark, *, state: str = "", origin: str = "", category: str = "", needs: str = ""
) -> QuerySet[QueuedPair]:
    """The queue as whoever leads the labelling sees it. Holds gold levels: not for annotators.

    In the order in which pairs came; those of one state in that in which they are given. Each has its index.
    """
    pairs = short_of_people(benchmark) if needs else QueuedPair.objects.filter(benchmark=benchmark)
    chosen = {"state": state, "origin": origin, "category": category}
    pairs = pairs.filter(**{name: value for name, value in chosen.items() if value})
    return pairs.select_related("pair__query", "pair__product", "settled").order_by("place" if state else "pk")


def with_texts(rows: QuerySet[QueuedPair]) -> list[QueuedPair]:
    """A stretch of a queue. Its rows are found first: texts are read of those alone, not of all before them."""
    keys = list(rows.select_related(None).values_list("pk", flat=True))
    found = QueuedPair.objects.select_related("pair__query", "pair__product", "settled").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def short_of_people(benchmark: Benchmark) -> QuerySet[QueuedPair]:
    """The pairs with a free slot that all who label here said something of: a further person is needed.

    Who is paused, may not label or never had a pair is not counted on. Before anybody began there are none.
    """
    may_label = User.objects.with_perm("annotation.label_pair", backend=BACKEND)
    active = Annotator.objects.filter(benchmark=benchmark, state=AnnotatorState.ACTIVE, person__in=may_label)
    met = Assignment.objects.filter(queued__benchmark=benchmark).exclude(state=AssignmentState.LOST)
    met = met.exclude(state=AssignmentState.HELD, label=None)  # what is in somebody's hands may still come
    people = list(active.filter(Exists(met.filter(person=OuterRef("person")))).values_list("person", flat=True))
    if not people:
        return QueuedPair.objects.none()
    by_all = met.filter(person__in=people).order_by().values("queued").annotate(n=Count("pk")).filter(n=len(people))
    return free_pairs(benchmark.pk).filter(pk__in=by_all.values("queued"))


def categories_of(benchmark: Benchmark) -> list[CategoryCount]:
    """The categories of a queue, the largest first."""
    rows = (
        QueuedPair.objects.filter(benchmark=benchmark, gold="")
        .order_by()
        .values_list("category")
        .annotate(pairs=Count("id"), settled=Count("id", filter=Q(state=QueuedState.SETTLED)))
        .order_by("-pairs", "category")
    )
    return [CategoryCount(*row) for row in rows]


def flagged(benchmark: Benchmark) -> QuerySet[Assignment]:
    """The pairs that somebody flagged, the newest first."""
    rows = Assignment.objects.filter(queued__benchmark=benchmark, flagged_at__isnull=False)
    return rows.select_related("person", "label", "queued__pair__query", "queued__pair__product").order_by(
        "-flagged_at"
    )


def category_of(given: Mapping[str, Sequence[str]], parsed: Mapping[str, Sequence[str]]) -> str:
    """The category of a product, as its merchant or its title says; empty where neither does."""
    values = given.get(Attribute.CATEGORY.value) or parsed.get(Attribute.CATEGORY.value) or ("",)
    return values[0][:LONGEST_CATEGORY]


def counted_by_category(pairs: QuerySet[Pair]) -> Mapping[str, int]:
    """How many pairs there are of each category, the largest first. The database counts: no pair is read."""
    counts = pairs.order_by().values(category=CATEGORY).annotate(n=Count("pk")).values_list("category", "n")
    return dict(sorted(counts, key=lambda item: (-item[1], item[0])))


def pairs_among(among: str) -> QuerySet[Pair] | None:
    """The pairs that a sample is drawn among: `hard`, `disagreement`, or all of them (None)."""
    return hard_pairs() if among == "hard" else disputed_pairs() if among == "disagreement" else None


def candidate_pairs(
    benchmark: Benchmark, *, among: QuerySet[Pair] | None = None, recent_days: int = 0
) -> QuerySet[Pair]:
    """The pairs that a benchmark neither holds nor waits for; `recent_days`: only of queries asked since."""
    pairs = Pair.objects.all() if among is None else among
    pairs = pairs.filter(
        ~Exists(QueuedPair.objects.filter(benchmark=benchmark, pair=OuterRef("pk"))),
        ~Exists(BenchmarkPair.objects.filter(benchmark=benchmark, pair=OuterRef("pk"))),
    )
    return pairs.filter(asked_pairs(recent_days)) if recent_days else pairs


def candidates(benchmark: Benchmark, *, among: QuerySet[Pair] | None = None, recent_days: int = 0) -> list[Candidate]:
    """The same with their categories, to be drawn from."""
    pairs = candidate_pairs(benchmark, among=among, recent_days=recent_days).order_by("pk")
    return [Candidate(*row) for row in pairs.values_list("pk", CATEGORY)]


def disputed_pairs() -> QuerySet[Pair]:
    """The pairs on which models give different levels; of each model its newest vote counts."""
    votes = _newest_votes().filter(pair=OuterRef("pk"))
    other = _newest_votes().filter(pair=OuterRef("pair")).exclude(level=OuterRef("level"))
    return Pair.objects.filter(Exists(votes.filter(Exists(other))))


def _newest_votes() -> QuerySet[Label]:
    """The votes of models that no later one of the same model on the same pair takes the place of."""
    later = Label.objects.filter(
        pair=OuterRef("pair"), source=OuterRef("source"), kind=LabelKind.MODEL, pk__gt=OuterRef("pk")
    )
    return Label.objects.filter(~Exists(later), kind=LabelKind.MODEL)


def hard_pairs() -> QuerySet[Pair]:
    """The pairs with a bad case, on which models differ or a model differs from what counts, or people differed."""
    counted = BenchmarkPair.objects.filter(pair=OuterRef("pair")).exclude(label__level=OuterRef("level"))
    wrong = _newest_votes().filter(Exists(counted), pair=OuterRef("pk"))
    return Pair.objects.filter(
        Q(Exists(BadCase.objects.filter(pair=OuterRef("pk"))))
        | Q(Exists(wrong))
        | Q(pk__in=disputed_pairs().values("pk"))
        | Q(Exists(QueuedPair.objects.filter(pair=OuterRef("pk"), is_hard=True)))
    )
