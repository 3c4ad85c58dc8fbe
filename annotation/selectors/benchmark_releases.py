"""Benchmark releases: the list, their rows, how two differ, what has changed since, and whether one is whole."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from annotation.manifest import texts_digest
from annotation.models import Benchmark, BenchmarkPair, BenchmarkRelease, Product, ReleasedPair
from annotation.selectors.benchmark_rows import attributes_in, images_by_product
from annotation.selectors.catalogue import WORDS_SEARCHED
from rules.engine.attributes import gettext_noop

BATCH = 2000


class Change(StrEnum):
    """How a pair differs from one release to another."""

    ADDED = "added"
    REMOVED = "removed"
    RELABELLED = "relabelled"
    REWORDED = "reworded"
    OTHERWISE = "otherwise"

    @property
    def label(self) -> str:
        """What it says, the key of its translation."""
        return CHANGE_LABELS[self]


CHANGE_LABELS = {
    Change.ADDED: gettext_noop("added"),
    Change.REMOVED: gettext_noop("removed"),
    Change.RELABELLED: gettext_noop("relabelled"),
    Change.REWORDED: gettext_noop("texts or photographs changed"),
    Change.OTHERWISE: gettext_noop("other details changed"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair that is not the same in two releases: the rows it is in, and how they differ."""

    changes: tuple[Change, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Outline:
    """A row without its words."""

    pk: int
    level: str
    texts: str
    digest: str


def releases_of(benchmark: Benchmark) -> QuerySet[BenchmarkRelease]:
    """The releases of a benchmark, the newest first."""
    return benchmark.releases.select_related("created_by").order_by("-number")


def newest_release(benchmark: Benchmark) -> BenchmarkRelease | None:
    """The newest release of a benchmark."""
    return benchmark.releases.order_by("-number").first()


def lines_of(release: BenchmarkRelease) -> Iterator[str]:
    """The lines of a release in their order, read a batch at a time."""
    place = 0
    while batch := list(release.rows.filter(place__gt=place).order_by("place").values_list("place", "line")[:BATCH]):
        yield from (line for _place, line in batch)
        place = batch[-1][0]


def rows_matching(
    release: BenchmarkRelease, *, level: str = "", text: str = "", hard: bool = False
) -> QuerySet[ReleasedPair]:
    """The rows of a release by level, by words of query or title, or the hard ones."""
    rows: QuerySet[ReleasedPair] = release.rows.order_by("place")
    if level:
        rows = rows.filter(level=level)
    if hard:
        rows = rows.filter(is_hard=True)
    for word in text.split()[:WORDS_SEARCHED]:
        # As the line writes it, so that what needs an escape is found too.
        rows = rows.filter(line__icontains=json.dumps(word, ensure_ascii=False)[1:-1])
    return rows


def differences(before: BenchmarkRelease, after: BenchmarkRelease) -> list[Difference]:
    """The pairs that are not the same in both, in the order of the later one, those that it lacks at the end."""
    old, new = _outlines(before), _outlines(after)
    found = [_difference(old.get(pair), row) for pair, row in new.items() if row != old.get(pair)]
    gone = [Difference((Change.REMOVED,), row.pk, None) for pair, row in old.items() if pair not in new]
    return [one for one in found if one.changes] + gone


def without_rows(found: Sequence[Difference], rows: Collection[int]) -> list[Difference]:
    """The differences of which neither row is one of these."""
    return [one for one in found if one.before not in rows and one.after not in rows]


def counts_of(found: Sequence[Difference]) -> Counter[Change]:
    """How many pairs differ in each way; one may differ in two."""
    return Counter(change for one in found for change in one.changes)


def rows_by_id(ids: Sequence[int]) -> dict[int, ReleasedPair]:
    """Rows, by id."""
    return ReleasedPair.objects.in_bulk(ids)


def _outlines(release: BenchmarkRelease) -> dict[int, Outline]:
    rows = release.rows.order_by("place").values_list("pair_id", "pk", "level", "texts", "digest")
    return {pair: Outline(*rest) for pair, *rest in rows}


def _difference(old: Outline | None, new: Outline) -> Difference:
    if old is None:
        return Difference((Change.ADDED,), None, new.pk)
    changes = []
    if old.level != new.level:
        changes.append(Change.RELABELLED)
    if old.texts != new.texts:
        changes.append(Change.REWORDED)
    if not changes and old.digest != new.digest:
        changes.append(Change.OTHERWISE)
    return Difference(tuple(changes), old.pk, new.pk)


@dataclass(frozen=True, slots=True)
class Since:
    """What the catalogue and the benchmark say now that differs from a release."""

    labelled: int
    relabelled: int
    gone: int
    reworded: int


def since(release: BenchmarkRelease) -> Since:
    """How many pairs came to a label since, changed it, or left; and of how many the product's texts changed."""
    then = dict(release.rows.order_by().values_list("pair_id", "level"))
    members = BenchmarkPair.objects.filter(benchmark=release.benchmark_id).order_by()
    now = dict(members.values_list("pair_id", "label__level"))
    return Since(
        labelled=len(now.keys() - then.keys()),
        relabelled=sum(then[pair] != level for pair, level in now.items() if pair in then),
        gone=len(then.keys() - now.keys()),
        reworded=len(reworded_since(release)),
    )


def reworded_since(release: BenchmarkRelease) -> list[int]:
    """The rows of a release whose products' title, attributes or photographs are others now, in their order."""
    edited = Product.objects.filter(updated_at__gt=release.created_at, pairs__in=_pairs_of(release)).distinct()
    products = {row[0]: row[1:] for row in edited.values_list("pk", "title", "given", "parsed")}
    images = images_by_product(products)
    rows = release.rows.filter(pair__product__in=products).order_by("place")
    found = []
    for pk, texts, query, product in rows.values_list("pk", "texts", "pair__query__text", "pair__product"):
        title, given, parsed = products[product]
        now = texts_digest(
            query=query, title=title, attributes=attributes_in(given, parsed), images=images.get(product, [])
        )
        if now != texts:
            found.append(pk)
    return found


def _pairs_of(release: BenchmarkRelease) -> "QuerySet[ReleasedPair, int]":
    return release.rows.order_by().values_list("pair_id", flat=True)
