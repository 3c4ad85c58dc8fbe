"""Bad cases out of a file, a batch of rows at a time. Queries and products that nobody knew are made."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from annotation.case_rows import CASE_COLUMNS, CaseRow, case_row
from annotation.enums import CaseOrigin
from annotation.models import CaseReport, Pair, Product
from annotation.readers import Fault, Row
from annotation.rows import RowError
from annotation.services.batches import Outcome, Seen, fault_of, taken
from annotation.services.case_intake import Nearby, Report, take_reports
from annotation.services.cases import announce
from annotation.services.pairs import UNKNOWN_PRODUCT, id_from_title, make_queries, product_from_title
from rules.engine.attributes import gettext_noop

ID_IS_TAKEN = gettext_noop("“%(case)s” is already the id of a report about another pair. Name the source of each file.")

REMEMBERED = 20_000
"""Products that an import remembers."""

Key = tuple[str, str]
"""What makes a pair: the query's text and the product's external id."""


@dataclass(frozen=True, slots=True)
class ReadyCase:
    """A checked row, with where it came from."""

    source: Row
    row: CaseRow


class CaseImport:
    """Takes the rows of one file as reports of bad cases."""

    columns = CASE_COLUMNS

    def __init__(self, *, by: User | None) -> None:
        self.by = by
        self.seen = Seen()
        self.nearby = Nearby()
        self.products: dict[str, Product] = {}

    def prepare(self, rows: Iterable[Row | Fault], outcome: Outcome) -> list[ReadyCase]:
        """The rows that can be taken."""
        return taken(rows, self._check, outcome)

    def _check(self, row: Row) -> ReadyCase:
        case = case_row(row.values)
        self.seen.check(f"{case.source}\0{case.external_id}", case, shown=case.external_id)
        return ReadyCase(row, case)

    def store(self, ready: list[ReadyCase], outcome: Outcome) -> None:
        """Write a batch. Belongs inside a transaction."""
        fresh = without_known(ready, outcome)
        keyed = self._resolved(fresh, outcome)
        pairs = pairs_for({key for _item, key in keyed}, self.products)
        reports = [report_of(item.row, pairs[key]) for item, key in keyed]
        found = take_reports(reports, origin=CaseOrigin.IMPORT, by=self.by, nearby=self.nearby)
        outcome.created += len(found.opened)
        outcome.updated += len(found.counted)
        outcome.unchanged += len(reports) - len(found.opened) - len(found.counted)
        announce(found)

    def _resolved(self, ready: list[ReadyCase], outcome: Outcome) -> list[tuple[ReadyCase, Key]]:
        """The rows with the pair that each means, products that only a title names made; others become faults.

        Products are remembered from batch to batch, so many at a time as a process has room for.
        """
        if len(self.products) > REMEMBERED:
            self.products.clear()
        asked = {item.row.product_id for item in ready} - self.products.keys()
        self.products |= {one.external_id: one for one in Product.objects.filter(external_id__in=asked)}
        titles = {item.row.title for item in ready if item.row.product_id not in self.products}
        by_title = dict(Product.objects.filter(title__in=titles).order_by("-pk").values_list("title", "external_id"))
        new: dict[str, str] = {}
        keyed = []
        for item in ready:
            try:
                keyed.append((item, (item.row.query, product_of(item.row, self.products, by_title, new))))
            except RowError as error:
                outcome.faults.append(fault_of(item.source, error))
        made = Product.objects.bulk_create(product_from_title(*one) for one in new.items())
        self.products |= {one.external_id: one for one in made}
        return keyed


def without_known(ready: list[ReadyCase], outcome: Outcome) -> list[ReadyCase]:
    """The rows that never came before; an id that was another pair's is a fault."""
    rows = CaseReport.objects.filter(external_id__in={item.row.external_id for item in ready}).values_list(
        "source", "external_id", "case__pair__query__text", "case__pair__product__external_id"
    )
    known = {(source, external_id): (query, product) for source, external_id, query, product in rows}
    fresh = []
    for item in ready:
        row, there = item.row, known.get((item.row.source, item.row.external_id))
        if there is None:
            fresh.append(item)
        elif row.query == there[0] and row.product_id in ("", there[1]):
            outcome.unchanged += 1
        else:
            outcome.faults.append(fault_of(item.source, RowError(ID_IS_TAKEN, case=row.external_id)))
    return fresh


def product_of(row: CaseRow, known: Collection[str], by_title: dict[str, str], new: dict[str, str]) -> str:
    """The external id of the product that a row means; the catalogue's title holds where it knows the id."""
    if row.product_id in known:
        return row.product_id
    if not row.title:
        raise RowError(UNKNOWN_PRODUCT, product=row.product_id)
    if not row.product_id and row.title in by_title:
        return by_title[row.title]
    external_id = row.product_id or id_from_title(row.title)
    by_title.setdefault(row.title, external_id)
    new.setdefault(external_id, row.title)
    return external_id


def pairs_for(keys: set[Key], products: dict[str, Product]) -> dict[Key, Pair]:
    """The pairs of queries and products, made where they are missing; each comes with both.

    `products` are those known already by their ids; the others are looked up.
    """
    queries = make_queries({query for query, _product in keys})
    missing = {product for _query, product in keys} - products.keys()
    products |= {one.external_id: one for one in Product.objects.filter(external_id__in=missing)} if missing else {}
    ids = {key: (queries[key[0]].pk, products[key[1]].pk) for key in sorted(keys)}
    there = _ids_of_pairs(set(ids.values()))
    new = [Pair(query_id=query, product_id=product) for query, product in ids.values() if (query, product) not in there]
    there |= {(pair.query_id, pair.product_id): pair.pk for pair in Pair.objects.bulk_create(new)}
    return {key: Pair(pk=there[pair], query=queries[key[0]], product=products[key[1]]) for key, pair in ids.items()}


def _ids_of_pairs(ids: Set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The ids that pairs have, where they are there. More rows are looked at than wanted: each query by each product."""
    found = Pair.objects.filter(query__in={query for query, _ in ids}, product__in={product for _, product in ids})
    rows = found.values_list("query_id", "product_id", "pk")
    return {(query, product): pk for query, product, pk in rows if (query, product) in ids}


@transaction.atomic
def pair_for(*, query: str, product_id: str, title: str) -> Pair:
    """The pair of a query and a product, made where it is missing. Raises RowError for a product nobody can make."""
    products = Product.objects.filter(external_id=product_id) if product_id else Product.objects.filter(title=title)
    product = products.order_by("pk").first()
    if product is None:
        if not title:
            raise RowError(UNKNOWN_PRODUCT, product=product_id)
        product = product_from_title(product_id or id_from_title(title), title)
        product.save()
    key = (query, product.external_id)
    return pairs_for({key}, {product.external_id: product})[key]


def report_of(row: CaseRow, pair: Pair) -> Report:
    """A row as a report."""
    return Report(
        pair=pair,
        source=row.source,
        external_id=row.external_id,
        given=row.given,
        expected=row.expected,
        place=row.place,
        severity=row.severity,
        cause=row.cause,
        note=row.note,
        category=row.category,
    )
