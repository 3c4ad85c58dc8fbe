"""Products and what is known of them."""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Count, Prefetch, Q, QuerySet

from annotation.models import BenchmarkPair, Pair, Product
from rules.engine.attributes import Attribute

WORDS_SEARCHED = 8


@dataclass(frozen=True, slots=True)
class ShownAttribute:
    """One attribute of a product, and whether the merchant gave it or the title was read."""

    attribute: Attribute
    values: tuple[str, ...]
    is_given: bool


def products_matching(text: str = "") -> QuerySet[Product]:
    """The products that hold every word of `text` in title, maker, indication or id; all for an empty text."""
    words = [
        Q(title__icontains=word)
        | Q(external_id__iexact=word)
        | Q(manufacturer__icontains=word)
        | Q(indication__icontains=word)
        for word in text.split()[:WORDS_SEARCHED]
    ]
    found = Product.objects.filter(reduce(and_, words)) if words else Product.objects.all()
    return found.annotate(pair_count=Count("pairs", distinct=True)).prefetch_related("images").order_by("id")


def pairs_matching(text: str) -> QuerySet[Pair]:
    """The pairs that hold every word of `text` in query, title or id."""
    found = Pair.objects.select_related("query", "product").order_by("id")
    for word in text.split()[:WORDS_SEARCHED]:
        found = found.filter(
            Q(query__text__icontains=word) | Q(product__title__icontains=word) | Q(external_id__iexact=word)
        )
    return found


def attributes_of(product: Product) -> list[ShownAttribute]:
    """What is known of a product: what the merchant gave, and where that is silent what the title says."""
    shown = []
    for attribute in Attribute:
        given = product.given.get(attribute.value)
        if values := given or product.parsed.get(attribute.value):
            shown.append(ShownAttribute(attribute, tuple(values), bool(given)))
    return shown


def pairs_of(product: Product) -> QuerySet[Pair]:
    """The pairs of a product, each with its places in benchmarks."""
    places = BenchmarkPair.objects.select_related("benchmark", "label")
    return product.pairs.select_related("query").prefetch_related(Prefetch("memberships", places)).order_by("id")
