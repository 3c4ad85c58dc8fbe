"""Pairs and their labels, a batch of rows at a time."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction

from annotation.enums import LabelKind, QueuedOrigin
from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from annotation.readers import Fault, Row
from annotation.rows import PAIR_COLUMNS, PairRow, RowError, pair_row
from annotation.services.batches import Outcome, Seen, fault_of, taken
from annotation.services.bulk import insert_values
from annotation.services.must_hold import hold
from annotation.services.products import count
from annotation.services.queueing import put_in_queue
from annotation.signals import pairs_imported
from annotation.titles import parse_title
from rules.engine.attributes import gettext_noop

UNKNOWN_PRODUCT = gettext_noop("Unknown product “%(product)s”, and no title to make it from.")
OTHER_TITLE = gettext_noop(
    "Product “%(product)s” is called “%(title)s” in the catalogue. Give that title, or leave it out."
)
IS_SETTLED = gettext_noop(
    "People settled on “%(level)s” for “%(pair)s”. An import does not change that to “%(other)s”."
)
ID_IS_TAKEN = gettext_noop("“%(pair)s” is already the id of another query or product.")

BY_PEOPLE = frozenset({LabelKind.AGREED, LabelKind.RULING})
"""The labels that an import never takes the place of."""
PAIR_VARIES = ("external_id", "query_id", "product_id")
Key = tuple[str, str]
"""What makes a pair: the query's text and the product's external id."""


@dataclass(frozen=True, slots=True)
class ReadyPair:
    """A checked row, with where it came from."""

    source: Row
    row: PairRow


@dataclass(slots=True)
class Catalogue:
    """What the catalogue holds of a batch, and what the batch adds to it."""

    titles: dict[str, str]
    by_title: dict[str, str]
    keys: dict[str, Key]
    """The pairs whose ids the batch uses."""
    new_titles: dict[str, str] = field(default_factory=dict)

    def key_of(self, row: PairRow) -> Key:
        """Which pair a row means; RowError where it can't be made."""
        product = row.product_id or self.by_title.get(row.title) or id_from_title(row.title)
        known = self.titles.get(product)
        if known is None and not row.title:
            raise RowError(UNKNOWN_PRODUCT, product=product)
        if known is not None and row.title and known != row.title:
            raise RowError(OTHER_TITLE, product=product, title=known)
        key = (row.query, product)
        if self.keys.setdefault(row.external_id, key) != key:
            raise RowError(ID_IS_TAKEN, pair=row.external_id)
        if known is None:
            self.titles[product] = self.new_titles[product] = row.title
        return key


class PairImport:
    """Takes the rows of one file into the catalogue, and their labels into a benchmark."""

    columns = PAIR_COLUMNS

    def __init__(
        self, *, benchmark: Callable[[], Benchmark], by: User | None, source: str, to_label: Callable[[], bool]
    ) -> None:
        self.benchmark = benchmark
        self.to_label = to_label
        self.by = by
        self.source = source[:120]
        self.seen = Seen()

    def prepare(self, rows: Iterable[Row | Fault], outcome: Outcome) -> list[ReadyPair]:
        """The rows that can be taken."""
        return taken(rows, self._check, outcome)

    def _check(self, row: Row) -> ReadyPair:
        pair = pair_row(row.values)
        self.seen.check(f"id {pair.external_id}", pair, shown=pair.external_id)
        said = (pair.query, pair.product_id or pair.title)
        self.seen.check(f"pair {said!r}", (pair.level, pair.votes), shown=pair.external_id)
        return ReadyPair(row, pair)

    def store(self, ready: list[ReadyPair], outcome: Outcome) -> None:
        """Write a batch. Belongs inside a transaction."""
        keyed = self._unsettled(resolved(ready, look_up(item.row for item in ready), outcome), outcome)
        pairs, new = make_pairs(keyed)
        self._queue(keyed, pairs)
        changed = self._label(keyed, pairs)
        met: set[Key] = set()
        for key, _ in keyed:
            first = key not in met
            met.add(key)
            count(outcome, is_new=first and key in new, differs=first and key in changed)
        ids = tuple(pairs.values())
        transaction.on_commit(lambda: pairs_imported.send_robust(sender=Pair, pair_ids=ids))

    def _unsettled(self, found: list[tuple[Key, ReadyPair]], outcome: Outcome) -> list[tuple[Key, PairRow]]:
        """The rows but for those whose level is another than what people settled on."""
        settled = settled_levels({key for key, item in found if item.row.level})
        here = {(query, product): level for of, query, product, level in settled if of == self.benchmark().pk}
        keyed = []
        for key, item in found:
            level, row = here.get(key, ""), item.row
            if level and row.level and row.level != level:
                said = {"level": level, "pair": row.external_id, "other": row.level}
                outcome.faults.append(fault_of(item.source, RowError(IS_SETTLED, **said)))
            else:
                keyed.append((key, row))
        return keyed

    def _label(self, keyed: list[tuple[Key, PairRow]], pairs: dict[Key, int]) -> set[Key]:
        """Write the labels that are new or differ; the pairs they are of."""
        labelled = {key: row for key, row in keyed if row.level}
        if not labelled:
            return set()
        benchmark = self.benchmark()
        members = {
            member.pair_id: member
            for member in BenchmarkPair.objects.filter(
                benchmark=benchmark, pair__in=[pairs[key] for key in labelled]
            ).select_related("label")
        }
        changed = {key: row for key, row in labelled.items() if not says_the_same(members.get(pairs[key]), row)}
        labels = {key: self._label_of(benchmark, pairs[key], row) for key, row in changed.items()}
        Label.objects.bulk_create(labels.values())
        place(benchmark, labels.values(), members)
        held = hold(by=self.by, benchmark=benchmark, pairs={pairs[key] for key in labelled if labelled[key].must_hold})
        return set(changed) | {key for key in labelled if pairs[key] in held}

    def _queue(self, keyed: list[tuple[Key, PairRow]], pairs: dict[Key, int]) -> None:
        """Have people label the pairs, where that was asked for; those with a gold level are hidden among the others."""
        if not self.to_label():
            return
        gold = {pairs[key]: row.gold for key, row in keyed if row.gold}
        ids = [pairs[key] for key, _row in keyed]
        put_in_queue(benchmark=self.benchmark(), pairs=ids, origin=QueuedOrigin.IMPORT, gold=gold)

    def _label_of(self, benchmark: Benchmark, pair: int, row: PairRow) -> Label:
        return Label(
            benchmark=benchmark,
            pair_id=pair,
            level=row.level,
            votes=list(row.votes),
            source=self.source,
            created_by=self.by,
        )


def look_up(rows: Iterable[PairRow]) -> Catalogue:
    """What the catalogue holds of the products and pairs that rows name."""
    rows = list(rows)
    titles = dict(
        Product.objects.filter(external_id__in={row.product_id for row in rows if row.product_id}).values_list(
            "external_id", "title"
        )
    )
    nameless = {row.title for row in rows if not row.product_id}
    by_title = dict(Product.objects.filter(title__in=nameless).order_by("-id").values_list("title", "external_id"))
    titles |= {external_id: title for title, external_id in by_title.items()}
    keys = {
        pair: (query, product)
        for pair, query, product in Pair.objects.filter(external_id__in={row.external_id for row in rows}).values_list(
            "external_id", "query__text", "product__external_id"
        )
        if pair is not None
    }
    return Catalogue(titles, by_title, keys)


def settled_levels(keys: set[Key]) -> list[tuple[int, str, str, str]]:
    """What people settled on for these pairs: benchmark, query, product and level."""
    if not keys:
        return []
    members = BenchmarkPair.objects.filter(
        label__kind__in=BY_PEOPLE,
        pair__query__text__in={query for query, _ in keys},
        pair__product__external_id__in={product for _, product in keys},
    )
    fields = ("benchmark_id", "pair__query__text", "pair__product__external_id", "label__level")
    return list(members.order_by().values_list(*fields))


def resolved(ready: list[ReadyPair], catalogue: Catalogue, outcome: Outcome) -> list[tuple[Key, ReadyPair]]:
    """The rows whose pair exists or can be made, products that only a title names included."""
    keyed = []
    for item in ready:
        try:
            keyed.append((catalogue.key_of(item.row), item))
        except RowError as error:
            outcome.faults.append(fault_of(item.source, error))
    Product.objects.bulk_create(product_from_title(*made) for made in catalogue.new_titles.items())
    return keyed


def make_pairs(keyed: list[tuple[Key, PairRow]]) -> tuple[dict[Key, int], set[Key]]:
    """The ids of the pairs of a batch, and which of them are new. A pair that is there takes its first external id."""
    queries = make_queries({query for (query, _), _ in keyed})
    products = dict(
        Product.objects.filter(external_id__in={product for (_, product), _ in keyed}).values_list("external_id", "pk")
    )
    meant = {(queries[query].pk, products[product]): (query, product) for (query, product), _ in keyed}
    pairs, nameless = known_pairs(meant)
    named = {key: row.external_id for key, row in reversed(keyed)}
    Pair.objects.bulk_update([Pair(pk=pairs[key], external_id=named[key]) for key in nameless], ["external_id"])
    new = {key: ids for ids, key in meant.items() if key not in pairs}
    insert_values(Pair(), PAIR_VARIES, [(named[key], *ids) for key, ids in new.items()])
    made = Pair.objects.filter(external_id__in=[named[key] for key in new])
    ids = made.values_list("pk", "query_id", "product_id")
    return pairs | {meant[query, product]: pk for pk, query, product in ids}, set(new)


def known_pairs(meant: Mapping[tuple[int, int], Key]) -> tuple[dict[Key, int], set[Key]]:
    """The ids of those that are there of these pairs (by query and product), and which of them have no external id."""
    found, nameless = {}, set()
    queries, products = {query for query, _ in meant}, {product for _, product in meant}
    there = Pair.objects.filter(query__in=queries, product__in=products)
    for pk, query, product, external_id in there.values_list("pk", "query_id", "product_id", "external_id"):
        if key := meant.get((query, product)):
            found[key] = pk
            if external_id is None:
                nameless.add(key)
    return found, nameless


def make_queries(texts: set[str]) -> dict[str, Query]:
    """The queries with these texts, made where they are missing."""
    known = {query.text: query for query in Query.objects.filter(text__in=texts)}
    missing = [Query(text=text) for text in sorted(texts - known.keys())]
    Query.objects.bulk_create(missing)
    return known | {query.text: query for query in missing}


def says_the_same(member: BenchmarkPair | None, row: PairRow) -> bool:
    """Whether the label that counts is what the row says; one that people settled on stays whatever votes it has."""
    if member is None:
        return False
    by_people = member.label.kind in BY_PEOPLE
    return by_people or (member.label.level == row.level and member.label.votes == list(row.votes))


def place(benchmark: Benchmark, labels: Iterable[Label], members: dict[int, BenchmarkPair]) -> None:
    """Make these labels the ones that count."""
    moved, added = [], []
    for label in labels:
        if member := members.get(label.pair_id):
            member.label = label
            moved.append(member)
        else:
            added.append(BenchmarkPair(benchmark=benchmark, pair_id=label.pair_id, label=label))
    BenchmarkPair.objects.bulk_create(added)
    BenchmarkPair.objects.bulk_update(moved, ["label"])


def id_from_title(title: str) -> str:
    """The external id of a product that only a title names."""
    return f"title-{hashlib.sha256(title.encode()).hexdigest()[:16]}"


def product_from_title(external_id: str, title: str) -> Product:
    """A product of which only the title is known, not yet saved."""
    parsed = parse_title(title)
    attributes = {attribute.value: list(values) for attribute, values in parsed.attributes.items()}
    return Product(external_id=external_id, title=title, parsed=attributes, pack=parsed.pack)
