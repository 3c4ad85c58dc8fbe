"""Pairs whose labels differ: what waits for a ruling, what was said of a pair, and the precedents for it."""

from dataclasses import dataclass
from hashlib import blake2b

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.enums import LabelKind, QueuedState
from annotation.models import Assignment, Benchmark, ConflictHold, Label, QueuedPair, Ruling
from annotation.selectors.catalogue import WORDS_SEARCHED
from annotation.similarity import LONGEST, Wrong, bigrams, plain, product_name, similarity, squeezed

LETTERS = "ABCDEFGHI"
SHOWN = 4
LOOKED_AT = 200
"""Rulings on similar words that are looked at, the newest; those on the same query or product come first."""
SIMILAR = 0.4
"""Share of neighbouring characters from which another query is shown as similar."""
BIGRAMS = 12


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person said, under a letter."""

    letter: str
    level: str
    note: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """A ruling that counts, and what makes it like the pair that is looked at."""

    ruling: Ruling
    same_query: bool
    same_product: bool
    shared: int
    likeness: float

    @property
    def is_similar(self) -> bool:
        """Whether the query is another one in similar words."""
        return not self.same_query and self.likeness >= SIMILAR

    @property
    def score(self) -> float:
        """How like it is, the same query counting most."""
        return 2.0 * self.same_query + 1.5 * self.same_product + self.likeness + 0.1 * self.shared


def conflicts(benchmark: Benchmark) -> QuerySet[QueuedPair]:
    """What waits for a ruling, in the order of the queue."""
    found = QueuedPair.objects.filter(benchmark=benchmark, state=QueuedState.CONFLICT)
    return found.select_related("pair__query", "pair__product").order_by("place", "pk")


def next_conflict(benchmark: Benchmark, *, by: User, after: QueuedPair | None = None) -> QueuedPair | None:
    """The next one that waits, from the start again at the end.

    What the person labelled themself comes later, and last what somebody else has open.
    """
    mine = Exists(Assignment.objects.filter(queued=OuterRef("pk"), person=by, label__isnull=False))
    held = Exists(holds_of_others(by).filter(queued=OuterRef("pk")))
    found = conflicts(benchmark)
    for some in (found.filter(~mine, ~held), found.filter(mine, ~held), found.filter(held)):
        if after is not None:
            behind = Q(place__gt=after.place) | Q(place=after.place, pk__gt=after.pk)
            if later := some.filter(behind).first():
                return later
        if first := some.first():
            return first
    return None


def holds_of_others(by: User) -> QuerySet[ConflictHold]:
    """What others have open now."""
    return ConflictHold.objects.filter(until__gt=timezone.now()).exclude(person=by)


def held_by_another(queued: QueuedPair, by: User) -> ConflictHold | None:
    """Whether somebody else has a pair open, and who."""
    return holds_of_others(by).filter(queued=queued).select_related("person").first()


def conflict_of(benchmark: Benchmark, pk: int) -> QueuedPair | None:
    """One pair of the benchmark that waits for a ruling."""
    return conflicts(benchmark).filter(pk=pk).first()


def votes_of(queued: QueuedPair) -> list[Vote]:
    """What people said of a pair, in an order that is always the same and tells nothing."""
    said = Assignment.objects.filter(queued=queued, label__isnull=False).select_related("label")
    shuffled = sorted(said, key=lambda one: blake2b(f"{queued.pk}:{one.pk}".encode(), digest_size=8).digest())
    return [
        Vote(letter, one.label.level, one.label.note or one.note)
        for letter, one in zip(LETTERS, shuffled, strict=False)
        if one.label
    ]


def is_own(queued: QueuedPair, by: User) -> bool:
    """Whether a person is one of those who labelled a pair."""
    return Assignment.objects.filter(queued=queued, person=by, label__isnull=False).exists()


def model_votes(queued: QueuedPair) -> list[Label]:
    """The newest vote of each model on a pair."""
    found = Label.objects.filter(benchmark=queued.benchmark_id, pair=queued.pair_id, kind=LabelKind.MODEL)
    newest = {label.source: label for label in found.order_by("pk")}
    return [newest[source] for source in sorted(newest)]


def rulings_so_far(queued: QueuedPair) -> list[Ruling]:
    """Every ruling of a pair, the newest first."""
    return list(Ruling.objects.filter(queued=queued).select_related("created_by").order_by("-number"))


def in_force() -> QuerySet[Ruling]:
    """The rulings that count, the newest first."""
    related = ("queued__pair__query", "queued__pair__product", "queued__benchmark", "created_by", "opened")
    return Ruling.objects.filter(label=F("queued__settled")).select_related(*related).order_by("-pk")


def rulings_matching(benchmark: Benchmark, *, text: str = "", level: str = "", reason: str = "") -> QuerySet[Ruling]:
    """The rulings of a benchmark that count, by words of query, title or what was said, by level and by reason."""
    found = in_force().filter(queued__benchmark=benchmark)
    for word in plain(text).split()[:WORDS_SEARCHED]:
        found = found.filter(words__contains=word)
    if level:
        found = found.filter(level=level)
    return found.filter(reason=reason) if reason else found


def ruling_in_force(benchmark: Benchmark, pk: int) -> Ruling | None:
    """One ruling of a benchmark that counts."""
    return in_force().filter(queued__benchmark=benchmark, pk=pk).first()


def last_ruling(benchmark: Benchmark, by: User) -> Ruling | None:
    """The newest ruling of a person that still counts, to be taken back."""
    return in_force().filter(queued__benchmark=benchmark, created_by=by).first()


def precedents(queued: QueuedPair, *, most: int = SHOWN) -> list[Precedent]:
    """Rulings on pairs like this one, of all benchmarks: the same query, the same product name, then similar words."""
    query, name = squeezed(queued.pair.query.text)[:LONGEST], name_of(queued)
    others = in_force().exclude(queued=queued)
    found = {one.pk: one for one in others.filter(query=query)[:LOOKED_AT]}
    if name:
        found |= {one.pk: one for one in others.filter(name=name)[:LOOKED_AT]}
    if similar := _shares_words(query):
        found |= {one.pk: one for one in others.filter(similar)[:LOOKED_AT]}
    mine = attribute_values(queued)
    alike = [_precedent(one, query=query, name=name, attributes=mine) for one in found.values()]
    kept = [one for one in alike if one.same_query or one.same_product or one.is_similar]
    return sorted(kept, key=lambda one: (-one.score, -one.ruling.pk))[:most]


def name_of(queued: QueuedPair) -> str:
    """What the product of a pair is called."""
    pair = queued.pair
    known = Wrong(pair.query.text, pair.product.title, {**pair.product.parsed, **pair.product.given}, "", "")
    return product_name(known)[:LONGEST]


def attribute_values(queued: QueuedPair) -> frozenset[tuple[str, str]]:
    """The attributes of a pair's product with their values."""
    product = queued.pair.product
    known = {**product.parsed, **product.given}
    return frozenset((name, str(value)) for name, values in known.items() for value in values or ())


def _precedent(ruling: Ruling, *, query: str, name: str, attributes: frozenset[tuple[str, str]]) -> Precedent:
    return Precedent(
        ruling=ruling,
        same_query=ruling.query == query,
        same_product=bool(name) and ruling.name == name,
        shared=len(attributes & attribute_values(ruling.queued)),
        likeness=similarity(ruling.query, query),
    )


def _shares_words(query: str) -> Q | None:
    """Whether another query has two neighbouring characters of this one."""
    pieces = sorted(bigrams(query))[:BIGRAMS]
    found = Q()
    for piece in pieces:
        found |= Q(query__contains=piece)
    return found if pieces else None
